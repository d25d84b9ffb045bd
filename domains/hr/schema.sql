-- People who work for us: who they are, what they do, where and under whom.

CREATE SCHEMA hr;
GRANT USAGE ON SCHEMA hr TO perpetual_app;


CREATE TABLE hr.employee (
    company_id text NOT NULL DEFAULT foundation.current_company() REFERENCES master_data.company (code),
    code text NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    language text NOT NULL,
    country text NOT NULL,
    hired_on date NOT NULL,
    left_on date,
    department text NOT NULL,
    position text NOT NULL,
    manager_code text,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT employee_hired_before_leaving CHECK (hired_on <= left_on),
    CONSTRAINT employee_not_own_manager CHECK (manager_code <> code),
    FOREIGN KEY (company_id, manager_code) REFERENCES hr.employee (company_id, code)
);
SELECT foundation.protect('hr.employee');

-- Who changes who reports to whom waits for whoever else does: together they could close a circle.
CREATE FUNCTION hr.lock_managers() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('managers/' || foundation.current_company(), 0))
$$;
