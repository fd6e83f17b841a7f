"""For which skills a part of a talk was recorded: retention may differ by them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Parts of before get the skills that their conversations have."""
    op.add_column(
        "talk_recordings", sa.Column("skills", sa.JSON(), server_default="[]", nullable=False)
    )
    op.execute(
        "UPDATE talk_recordings SET skills = (SELECT c.skills FROM conversations c"
        " WHERE c.id = talk_recordings.conversation_id) WHERE EXISTS (SELECT 1 FROM"
        " conversations c WHERE c.id = talk_recordings.conversation_id)"
    )
