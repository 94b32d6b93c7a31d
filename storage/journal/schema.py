"""Brings the tables of a database to the newest form, by the steps in ``migrations``."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.errors import BadDatabase

FOLDER = Path(__file__).parent / "migrations"


def newest() -> str:
    """The revision that this program writes."""
    return _scripts().get_current_head() or ""


def revision(connection: Connection) -> str:
    """The revision of the tables there; empty for a database without them."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(connection: Connection, where: str) -> None:
    """Take every step that is missing, in the transaction of ``connection``.

    Raises :class:`BadDatabase` for tables of a newer program.
    """
    scripts = _scripts()
    context = MigrationContext.configure(connection)
    current = context.get_current_revision()
    known = [step.revision for step in scripts.walk_revisions()]
    if current is not None and current not in known:
        raise BadDatabase(
            where, f"its tables are {current}, made by a newer Candlecast; known is {known[0]}"
        )
    steps = list(scripts.iterate_revisions("head", current or "base"))
    for step in reversed(steps):
        with Operations.context(context):
            step.module.upgrade()
        context.stamp(scripts, step.revision)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER)])
