"""`perpetual check --temporal`: whether the books and Temporal agree; and begun again, what one of them has
lost.

Either may have been restored to an older moment than the other. What Temporal runs is compared with what has
not ended by the books; and what its histories know as done, asked and told, with what the books do.
"""
