-- Who asks, what roles may do, and who stands in for whom.

CREATE SCHEMA identity;
GRANT USAGE ON SCHEMA identity TO perpetual_app;


-- API keys
-- --------

CREATE TABLE identity.api_key (
    key_hash text PRIMARY KEY,
    actor text NOT NULL,
    companies text[] NOT NULL,
    roles text[] NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
-- A key belongs to no one company: whoever shows its hash sees it; it is managed from the scope '*'.
ALTER TABLE identity.api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY key ON identity.api_key FOR SELECT
    USING (key_hash = current_setting('perpetual.key_hash', true));
CREATE POLICY management ON identity.api_key USING (foundation.current_company() = '*');
GRANT SELECT, INSERT, UPDATE ON identity.api_key TO perpetual_app;

-- The roles of a person in a company, of all keys that name the person; NULL when no key does. API keys
-- are seen in the scope '*' only. (A SET clause would do, but only a superuser may write one.)
CREATE FUNCTION identity.roles_of(p_actor text, p_company text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    scope text := foundation.current_company();
    found text[];
BEGIN
    PERFORM set_config('perpetual.company', '*', true);
    found := (SELECT array_agg(DISTINCT role) FROM identity.api_key k, unnest(k.roles) AS role
        WHERE k.actor = p_actor AND k.revoked_at IS NULL AND k.companies && ARRAY[p_company, '*']);
    PERFORM set_config('perpetual.company', scope, true);
    RETURN found;
END $$;


-- Roles
-- -----

-- What a company says of its roles: further ones, and standard ones that are to be other than they come with us.
CREATE TABLE identity.role (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    name text NOT NULL CONSTRAINT role_name_well_formed CHECK (name ~ '^[a-z0-9]([a-z0-9 _-]*[a-z0-9])?$'),
    description text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, name),
    -- The administrator is always the standard one, who may do everything: nobody can be locked out.
    CONSTRAINT role_administrator_stays CHECK (name <> 'administrator'),
    -- In no company's scope only standard roles count.
    CONSTRAINT role_of_a_company CHECK (company_id <> '*')
);
SELECT foundation.protect('identity.role', 'SELECT, INSERT, UPDATE, DELETE');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON identity.role
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_access_change();

CREATE TABLE identity.role_permission (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    role text NOT NULL,
    pattern text NOT NULL CONSTRAINT role_permission_pattern_well_formed
        CHECK (pattern ~ '^([*]|[a-z][a-z0-9_]*)([.]([*]|[a-z][a-z0-9_]*)){0,2}$'),
    PRIMARY KEY (company_id, role, pattern),
    FOREIGN KEY (company_id, role) REFERENCES identity.role (company_id, name) ON DELETE CASCADE
);
SELECT foundation.protect('identity.role_permission', 'SELECT, INSERT, DELETE');
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON identity.role_permission
    FOR EACH STATEMENT EXECUTE FUNCTION foundation.count_access_change();

-- Whom keys of a company give a role.
CREATE FUNCTION identity.holders_of(p_role text, p_company text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    scope text := foundation.current_company();
    found text[];
BEGIN
    PERFORM set_config('perpetual.company', '*', true);
    found := (SELECT array_agg(DISTINCT k.actor ORDER BY k.actor) FROM identity.api_key k
        WHERE p_role = ANY (k.roles) AND k.revoked_at IS NULL AND k.companies && ARRAY[p_company, '*']);
    PERFORM set_config('perpetual.company', scope, true);
    RETURN coalesce(found, '{}');
END $$;

-- Which of these roles a company has rows of. They stay until who asks has written what rests on them.
CREATE FUNCTION identity.roles_kept(p_roles text[], p_company text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    scope text := foundation.current_company();
    found text[];
BEGIN
    PERFORM set_config('perpetual.company', p_company, true);
    found := ARRAY(SELECT r.name FROM identity.role r WHERE r.name = ANY (p_roles) FOR SHARE);
    PERFORM set_config('perpetual.company', scope, true);
    RETURN found;
END $$;


-- Who is asked for a decision
-- ---------------------------

-- Of several that fit the most precise counts: category and cost centre, category, cost centre, neither; then the
-- highest band; then the one that began last.
CREATE TABLE identity.approval_policy (
    company_id text NOT NULL DEFAULT foundation.current_company(),
    code text NOT NULL,
    kind text NOT NULL,
    -- In the company's currency, inclusive.
    from_amount numeric(18, 6) NOT NULL,
    -- Every one, when empty.
    category text NOT NULL,
    cost_centre text NOT NULL,
    levels jsonb NOT NULL,
    valid_from date NOT NULL,
    blocked boolean NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (company_id, code),
    CONSTRAINT approval_policy_from_amount_not_negative CHECK (from_amount >= 0),
    CONSTRAINT approval_policy_somebody_is_asked
        CHECK (jsonb_typeof(levels) = 'array' AND jsonb_array_length(levels) > 0)
);
CREATE UNIQUE INDEX approval_policy_one_says_it ON identity.approval_policy
    (company_id, kind, category, cost_centre, from_amount, valid_from) WHERE NOT blocked;
SELECT foundation.protect('identity.approval_policy');


-- Delegations
-- -----------

CREATE TABLE identity.delegation (
    id uuid PRIMARY KEY,
    company_id text NOT NULL DEFAULT foundation.current_company(),
    from_actor text NOT NULL,
    to_actor text NOT NULL,
    role text NOT NULL,
    reason text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_by text,
    revoked_at timestamptz,
    CONSTRAINT delegation_to_another CHECK (from_actor <> to_actor),
    CONSTRAINT delegation_runs CHECK (valid_from < valid_until),
    CONSTRAINT delegation_revoked_by_somebody CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
);
CREATE INDEX delegation_company_id_to_actor_idx ON identity.delegation (company_id, to_actor);
SELECT foundation.protect('identity.delegation');
