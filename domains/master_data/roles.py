"""Which standard roles have which permissions of master data."""

GRANTS = {
    "sales clerk": ("master_data.customer.write", "master_data.price_list.write"),
    "accountant": ("master_data.*",),
    "operator": ("master_data.*",),
}
