-- The role that API and workers log in as, and what it may do with this database: connect, and no more. What it may
-- do with each table is granted where the table is made (foundation.protect).
--
-- The owner runs this before the migrations. Running it again changes nothing. `perpetual.verifier` holds the
-- verifier of the role's password (SCRAM-SHA-256), or nothing.
DO $$
DECLARE
    app pg_roles;
    wrong text;
BEGIN
    SELECT * INTO app FROM pg_roles WHERE rolname = 'perpetual_app';
    IF NOT FOUND THEN
        EXECUTE format('CREATE ROLE perpetual_app LOGIN NOINHERIT PASSWORD %L',
                       nullif(current_setting('perpetual.verifier', true), ''));
        RETURN;
    END IF;
    FOR wrong IN
        SELECT w.name FROM (VALUES
            (NOT app.rolcanlogin, 'LOGIN'), (app.rolsuper, 'NOSUPERUSER'), (app.rolbypassrls, 'NOBYPASSRLS'),
            (app.rolcreaterole, 'NOCREATEROLE'), (app.rolcreatedb, 'NOCREATEDB'),
            (app.rolreplication, 'NOREPLICATION'), (app.rolinherit, 'NOINHERIT')) AS w (is_so, name)
        WHERE w.is_so
    LOOP
        BEGIN
            EXECUTE format('ALTER ROLE perpetual_app %s', wrong);
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;  -- Another made the role. Whether it can be worked with is seen when it logs in.
        END;
    END LOOP;
END $$;

DO $$ BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO perpetual_app', current_database());
    EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC, perpetual_app', current_database());
    REVOKE CREATE ON SCHEMA public FROM PUBLIC, perpetual_app;
END $$;
