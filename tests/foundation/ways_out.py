"""What somebody with the application's credentials tries, to get past what the database keeps."""

BECOMING_ANOTHER = {
    "become the owner": "SET ROLE perpetual",
    "become the owner for a transaction": "SET LOCAL ROLE perpetual",
    "log in anew as the owner": "SET SESSION AUTHORIZATION perpetual",
    "become a role of PostgreSQL's own": "SET ROLE pg_write_all_data",
    "take no role and switch off triggers": "SET ROLE NONE; SET session_replication_role = replica",
    "take back the role and switch off triggers": "RESET ROLE; SET session_replication_role = replica",
    "take back the session and switch off triggers": (
        "RESET SESSION AUTHORIZATION; SET session_replication_role = replica"
    ),
    "be a superuser": "ALTER ROLE perpetual_app SUPERUSER",
    "bypass row security": "ALTER ROLE perpetual_app BYPASSRLS",
    "make roles": "ALTER ROLE perpetual_app CREATEROLE",
    "make a role": "CREATE ROLE mine LOGIN SUPERUSER",
    "give itself the owner": "GRANT perpetual TO perpetual_app",
    "give itself the server's files": "GRANT pg_write_server_files TO perpetual_app",
    "change the owner's password": "ALTER ROLE perpetual PASSWORD 'mine'",
    "read passwords": "SELECT rolpassword FROM pg_authid",
}
SWITCHING_OFF = {
    "switch off triggers": "SET session_replication_role = replica",
    "switch off triggers by a function": "SELECT set_config('session_replication_role', 'replica', false)",
    "switch off row security of a table": "ALTER TABLE ledger.journal_entry DISABLE ROW LEVEL SECURITY",
    "not force row security": "ALTER TABLE ledger.journal_entry NO FORCE ROW LEVEL SECURITY",
    "drop a policy": "DROP POLICY company ON ledger.journal_entry",
    "change a policy": "ALTER POLICY company ON ledger.journal_entry USING (true)",
    "make a policy": "CREATE POLICY mine ON ledger.journal_entry USING (true)",
    "read past row security": "SET row_security = off; SELECT * FROM ledger.journal_entry",
    "switch off a table's triggers": "ALTER TABLE ledger.journal_entry DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER refuse_change ON ledger.journal_entry",
    "make a trigger": (
        "CREATE TRIGGER mine BEFORE INSERT ON ledger.journal_line "
        "FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "make a rule": "CREATE RULE mine AS ON INSERT TO ledger.journal_line DO INSTEAD NOTHING",
    "replace a guard": (
        "CREATE OR REPLACE FUNCTION ledger.refuse_wrong_lines() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NULL; END'"
    ),
    "replace who the company is": (
        "CREATE OR REPLACE FUNCTION foundation.current_company() RETURNS text LANGUAGE sql AS 'SELECT NULL'"
    ),
    "own a guard": "ALTER FUNCTION ledger.refuse_wrong_lines() OWNER TO perpetual_app",
    "own a table": "ALTER TABLE ledger.journal_entry OWNER TO perpetual_app",
    "drop a constraint": "ALTER TABLE ledger.open_item DROP CONSTRAINT open_item_open_within_amount",
    "drop a table": "DROP TABLE ledger.journal_line",
    "drop a schema": "DROP SCHEMA ledger CASCADE",
}
CHANGING_WHAT_IS_POSTED = {
    "empty a table": "TRUNCATE ledger.journal_entry CASCADE",
    "change an entry": "UPDATE ledger.journal_entry SET posted_on = posted_on - 1",
    "delete an entry": "DELETE FROM ledger.journal_entry",
    "change a line": "UPDATE ledger.journal_line SET amount = 0, base_amount = 0",
    "delete a line": "DELETE FROM ledger.journal_line",
    "merge into an entry": (
        "MERGE INTO ledger.journal_entry e USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE"
    ),
    "insert over an entry": (
        "INSERT INTO ledger.journal_entry SELECT * FROM ledger.journal_entry "
        "ON CONFLICT (id) DO UPDATE SET text = 'another'"
    ),
    "change the log of operations": "UPDATE foundation.operation SET actor = 'another'",
    "delete the log of operations": "DELETE FROM foundation.operation",
    "change which migrations were applied": "UPDATE public.alembic_version SET version_num = '0000'",
}
THE_SERVER = {
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "read a program": "COPY ledger.journal_line FROM PROGRAM 'true'",
    "write a file": "COPY (SELECT 1) TO '/tmp/perpetual-mine'",
    "read a file into a table": "COPY ledger.journal_line FROM '/etc/passwd'",
    "read a file": "SELECT pg_read_file('/etc/passwd')",
    "list files": "SELECT pg_ls_dir('.')",
    "read a file as a large object": "SELECT lo_import('/etc/passwd')",
    "write a large object to a file": "SELECT lo_export(lo_from_bytea(0, 'mine'), '/tmp/perpetual-mine')",
    "change the server's settings": "ALTER SYSTEM SET listen_addresses = '*'",
    "change the database's settings": "ALTER DATABASE tests SET session_replication_role = replica",
    "begin sessions without triggers": "ALTER ROLE perpetual_app SET session_replication_role = replica",
    "load the server's settings": "SELECT pg_reload_conf()",
    "load a library": "LOAD 'pg_stat_statements'",
    "reach other servers by dblink": "CREATE EXTENSION dblink SCHEMA public",
    "reach other servers by postgres_fdw": "CREATE EXTENSION postgres_fdw SCHEMA public",
    "read files by file_fdw": "CREATE EXTENSION file_fdw SCHEMA public",
    "install what is trusted": "CREATE EXTENSION citext SCHEMA public",
    "make a function of the server's own code": (
        "CREATE FUNCTION public.mine() RETURNS void LANGUAGE internal AS 'pg_reload_conf'"
    ),
    "make a C function": (
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE c AS '$libdir/dblink', 'dblink_connect'"
    ),
    "read the stream of changes": "SELECT pg_create_logical_replication_slot('mine', 'pgoutput')",
    "publish all tables": "CREATE PUBLICATION mine FOR ALL TABLES",
    "react to statements of others": "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION f()",
    "make a database": "CREATE DATABASE mine",
}
SHADOWING = {
    "make a schema": "CREATE SCHEMA mine",
    "make a schema named as it is": "CREATE SCHEMA perpetual_app",
    "make a table": "CREATE TABLE public.mine (id int)",
    "make a table in a domain": "CREATE TABLE ledger.mine (id int)",
    "make a view in a domain": "CREATE VIEW ledger.mine AS SELECT 1",
    "make a temporary table": "CREATE TEMP TABLE journal_line (id int)",
    "make a temporary function": "CREATE FUNCTION pg_temp.sum(int) RETURNS int LANGUAGE sql AS 'SELECT 0'",
    "make a function before PostgreSQL's own": (
        "SET search_path = public, pg_catalog; "
        "CREATE FUNCTION public.count(int) RETURNS int LANGUAGE sql AS 'SELECT 0'"
    ),
    "make a temporary operator": (
        "CREATE OPERATOR pg_temp.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)"
    ),
    "change where a function with its owner's rights looks": (
        "ALTER FUNCTION sales.clear_undelivered_lines(uuid) SET search_path = public"
    ),
    "give a function its owner's rights": (
        "ALTER FUNCTION foundation.document_number(text, bigint) SECURITY DEFINER"
    ),
}
ANY_WAY_OUT = BECOMING_ANOTHER | SWITCHING_OFF | CHANGING_WHAT_IS_POSTED | THE_SERVER | SHADOWING
