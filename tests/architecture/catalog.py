"""What a database consists of, object by object, and how two of them differ."""

import asyncpg

Catalog = dict[str, str]
"""Definitions by kind and name: `function foundation.current_company()`."""

_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'public')"
_OF_A_TABLE = f"""
    JOIN pg_class c ON c.oid = {{table}} JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {_OURS} AND c.relkind IN ('r', 'p')
"""
_GRANTS = "(SELECT string_agg(g::text, ', ' ORDER BY g::text) FROM unnest({acl}) AS g)"

# Each gives a name and a definition. The indentation of a function's body says nothing.
_QUESTIONS = {
    "schema": f"SELECT n.nspname, concat({_GRANTS.format(acl='n.nspacl')}) FROM pg_namespace n WHERE {_OURS}",
    "table": f"""
        SELECT c.oid::regclass::text, concat_ws('; ', c.relkind, c.relrowsecurity, c.relforcerowsecurity,
            array_to_string(c.reloptions, ','), {_GRANTS.format(acl="c.relacl")})
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS} AND c.relkind NOT IN ('i', 'I')""",
    "column": f"""
        SELECT c.oid::regclass || '.' || a.attname, concat_ws('; ', format_type(a.atttypid, a.atttypmod),
            a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        {_OF_A_TABLE.format(table="a.attrelid")} AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraint": f"""
        SELECT c.oid::regclass || ': ' || k.conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k {_OF_A_TABLE.format(table="k.conrelid")}""",
    "index": f"""
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
        FROM pg_index i {_OF_A_TABLE.format(table="i.indrelid")}""",
    "function": f"""
        SELECT p.oid::regprocedure::text, concat_ws('; ',
            regexp_replace(pg_get_functiondef(p.oid), '^ +', '', 'gm'), {_GRANTS.format(acl="p.proacl")})
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_OURS}""",
    "trigger": f"""
        SELECT c.oid::regclass || ': ' || t.tgname, concat_ws('; ', t.tgenabled, pg_get_triggerdef(t.oid))
        FROM pg_trigger t {_OF_A_TABLE.format(table="t.tgrelid")} AND NOT t.tgisinternal""",
    "policy": f"""
        SELECT c.oid::regclass || ': ' || p.polname, concat_ws('; ', p.polcmd, p.polpermissive,
            p.polroles::regrole[]::text, 'using ' || pg_get_expr(p.polqual, p.polrelid),
            'check ' || pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p {_OF_A_TABLE.format(table="p.polrelid")}""",
}


async def catalog_of(connection: asyncpg.Connection) -> Catalog:
    """Everything in the schemas of ours."""
    found: Catalog = {}
    for kind, question in _QUESTIONS.items():
        found |= {f"{kind} {name}": definition for name, definition in await connection.fetch(question)}
    return found


def differences(files: Catalog, migrated: Catalog) -> list[str]:
    """What only one of the two has, and what is not the same in both, by name."""
    found = [f"only in the files: {name}" for name in files.keys() - migrated.keys()]
    found += [f"only in the migrated database: {name}" for name in migrated.keys() - files.keys()]
    found += [
        f"not the same: {name}" for name in files.keys() & migrated.keys() if files[name] != migrated[name]
    ]
    return sorted(found)
