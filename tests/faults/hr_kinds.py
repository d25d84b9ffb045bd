"""Stories of people who work for us."""

from tests.builders.employees import PATH, an_employee
from tests.faults.registering import kind
from tests.faults.stories import Story


@kind(at_the_door=("hr.put_employee",))
async def hired(story: Story) -> None:
    """Somebody is hired, and the books may name them."""
    code = f"HIRED-{story.number}"
    await story.ask(PATH, an_employee(code))
    known = await story.desks.clerk.get(f"{PATH}/{code}")
    assert (known["hired_on"], known["version"]) == ("2025-01-01", 1), known
