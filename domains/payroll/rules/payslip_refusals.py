"""What a payslip is held, or not taken back, for."""

from foundation.values.errors import BusinessError


class NoAgreement(BusinessError):
    """The person has no agreement in the period any more."""


class NothingEarned(BusinessError):
    """The agreement names nothing that comes to anything in the period."""


class AmountTooLarge(BusinessError):
    """The payslip comes to more than can be kept."""


class NegativeNet(BusinessError):
    """What is to be deducted is more than there is: nothing would be paid, and some would be owed back."""


class NoAccountToPayTo(BusinessError):
    """The agreement names no account for the net pay."""


class DetailsNotRead(BusinessError):
    """The country's law must know something of the person that the agreement does not say."""


class NotPosted(BusinessError):
    """The payslip is not posted: there is nothing to take back, or to hand out."""

    status = 409


class PaidOtherwiseSince(BusinessError):
    """The person was paid by another run since the payslip was computed, or leave without pay, a loan or a
    garnishment order was written down or changed: it is to be computed again.
    """


class PaidByAnotherRun(BusinessError):
    """Another run pays the person for some of these days."""


class NotComputed(BusinessError):
    """The payslip was to be computed, and the computation was given up."""


class RefusedByDatabase(BusinessError):
    """The database does not take the payslip, or what it posts: others are paid all the same."""


class NotPostedWithItsRun(BusinessError):
    """The payslip was to be posted, and the posting was given up."""


def no_fault_of_others(kind: str) -> NotComputed:
    """Why somebody is held whose payslip could not be computed for a defect, by the name of what went wrong.
    Not with its words, which may have amounts in them.
    """
    return NotComputed(
        f"it cannot be computed ({kind}): tell who operates this; leave the person out until then"
    )


def refused_by_database(kind: str) -> RefusedByDatabase:
    """The same of somebody whose payslip the database does not take."""
    return RefusedByDatabase(f"it cannot be kept or posted ({kind}): tell who operates this")
