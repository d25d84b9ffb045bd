"""What is ordered in a fault run."""

from tests.faults.company import ITEMS
from tests.faults.stories import Lines, Story


def some(story: Story, least: int = 1, most: int = 3) -> Lines:
    """One to three different items of which there are plenty."""
    items = story.chance.sample(ITEMS, story.chance.randint(least, most))
    return [(item, story.chance.randint(2, 6)) for item in items]
