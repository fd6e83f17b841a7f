"""People, skills, sign-ins, keys and settings."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables that administration fills."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="bot", nullable=False),
        sa.Column("scopes", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "break_reasons",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_reasons")),
        sa.UniqueConstraint("name_key", name=op.f("uq_break_reasons_name_key")),
    )
    op.create_table(
        "dispositions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispositions")),
        sa.UniqueConstraint("name_key", name=op.f("uq_dispositions_name_key")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="agent", nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("phone_number", sa.Text(), nullable=True),
        sa.Column("audio", sa.Text(), server_default="number", nullable=False),
        sa.Column("leg", sa.Text(), server_default="persistent", nullable=False),
        sa.Column("confirm_answer", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("chat_cap", sa.Integer(), server_default=sa.text("5"), nullable=False),
        sa.Column("email_cap", sa.Integer(), server_default=sa.text("5"), nullable=False),
        sa.Column("inbox_view", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("status", sa.Text(), server_default="offline", nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("status_pending", sa.Text(), nullable=True),
        sa.Column("status_pending_reason", sa.Text(), nullable=True),
        sa.Column("sip_user", sa.Text(), nullable=False),
        sa.Column("sip_password", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("audio IN ('number', 'sip', 'web')", name=op.f("ck_people_audio")),
        sa.CheckConstraint("leg IN ('persistent', 'per_call')", name=op.f("ck_people_leg")),
        sa.CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name=op.f("ck_people_role")),
        sa.CheckConstraint(
            "status IN ('available', 'busy', 'offline')", name=op.f("ck_people_status")
        ),
        sa.CheckConstraint(
            "status_pending IN ('available', 'busy', 'offline')",
            name=op.f("ck_people_status_pending"),
        ),
        sa.CheckConstraint("chat_cap BETWEEN 0 AND 10", name=op.f("ck_people_chat_cap")),
        sa.CheckConstraint("email_cap BETWEEN 0 AND 10", name=op.f("ck_people_email_cap")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_key", name=op.f("uq_people_email_key")),
        sa.UniqueConstraint("sip_user", name=op.f("uq_people_sip_user")),
    )
    op.create_table(
        "settings",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_settings")),
    )
    op.create_table(
        "skills",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("('')"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
        sa.UniqueConstraint("name_key", name=op.f("uq_skills_name_key")),
    )
    op.create_table(
        "person_skills",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("skill_id", sa.Text(), nullable=False),
        sa.Column("proficiency", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "proficiency BETWEEN 1 AND 5", name=op.f("ck_person_skills_proficiency")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_person_skills_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"],
            ["skills.id"],
            name=op.f("fk_person_skills_skill_id_skills"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("person_id", "skill_id", name=op.f("pk_person_skills")),
    )
    op.create_index(op.f("ix_person_skills_skill_id"), "person_skills", ["skill_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_sessions_person_id_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
