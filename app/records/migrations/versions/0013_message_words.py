"""Written messages in the index of words, also those of before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.records.search_words import words_of

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CHUNK = 1000

messages = sa.table("messages", *map(sa.column, ("conversation_id", "seq", "author", "text")))


def upgrade() -> None:
    """Fill it in chunks, in the order of the messages' key."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    words = ":words" if is_sqlite else "array_to_tsvector(CAST(:words AS text[]))"
    put = sa.text(
        f"INSERT INTO search_words (conversation_id, part, words) VALUES (:id, :part, {words})"
    )
    if not is_sqlite:
        put = put.bindparams(sa.bindparam("words", type_=postgresql.ARRAY(sa.Text())))
    c = messages.c
    last: tuple[str, int] = ("", 0)
    while True:
        place = sa.tuple_(c.conversation_id, c.seq) > sa.tuple_(*map(sa.literal, last))
        chosen = sa.select(messages).where(place).order_by(c.conversation_id, c.seq).limit(CHUNK)
        found = connection.execute(chosen).all()
        if not found:
            return
        last = (found[-1].conversation_id, found[-1].seq)
        rows = [_row(row, is_sqlite) for row in found if row.author != "system"]
        if rows:
            connection.execute(put, rows)


def _row(row: sa.Row[tuple[object, ...]], is_sqlite: bool) -> dict[str, object]:
    distinct = sorted(set(words_of(row.text)))
    words = " ".join(distinct) if is_sqlite else distinct
    return {"id": row.conversation_id, "part": f"m:{row.seq}", "words": words}
