"""The standard roles that belong to no business domain, and what only administrators may do here.

Each domain has such a file. `ROLES` are the standard roles that it introduces; `GRANTS` says which standard
roles have which of its permissions; `ADMINISTRATORS_ONLY` are its permissions that no other standard role
has, each with the reason. `standard_roles` finds these files. A company may say otherwise: see docs/roles.md.
"""

ADMINISTRATOR = "administrator"
READ_ALL = "*.read"
DELEGATE = "identity.delegation.grant"
FOR_OTHERS = "identity.delegation.administer"

EVERYBODY = (READ_ALL, DELEGATE)
"""What every standard role has that a business domain introduces."""

ROLES = {
    ADMINISTRATOR: "May do everything, decide everything, and say what all others may.",
    "viewer": "Reads everything but what only few may see, such as pay, and changes nothing.",
    "operator": "Looks after processes, webhooks and master data.",
}

GRANTS = {
    ADMINISTRATOR: ("*",),
    "viewer": (READ_ALL,),
    # Who decides is asked by policies; who enters what is decided about does not say who that is.
    "finance director": ("identity.approval_policy.*",),
    # Processes and their repair are the foundation's, which is no domain and has no such file.
    "operator": (*EVERYBODY, "operations.*"),
}

ADMINISTRATORS_ONLY = {
    "identity.api_key.issue": "a key names a person: who issues keys could act in anybody's name",
    FOR_OTHERS: "who delegates for others decides who decides",
    "identity.role.write": "who changes roles decides what all others may",
    "identity.bank_details_wait.write": "who changes where money goes does not say how long that waits",
    # Importing is no domain's either.
    "data.file.import": "a company is set up with it: registers of every domain, and opening balances",
}
