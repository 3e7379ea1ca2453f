"""The engine's own full-text index: FTS5 fed by triggers on SQLite, GIN on PostgreSQL.

Triggers keep FTS5 true whatever writes or deletes the row, also a bulk statement. Its tokenizer only
splits at the spaces that `core.text.fts5_document` wrote.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    """CREATE VIRTUAL TABLE search_text USING fts5(
        tokens, content='search_searchentry', content_rowid='id', tokenize='ascii')""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_searchentry BEGIN
        INSERT INTO search_text(rowid, tokens) VALUES (new.id, new.tokens);
    END""",
    """CREATE TRIGGER search_entry_gone AFTER DELETE ON search_searchentry BEGIN
        INSERT INTO search_text(search_text, rowid, tokens) VALUES ('delete', old.id, old.tokens);
    END""",
    """CREATE TRIGGER search_entry_changed AFTER UPDATE OF tokens ON search_searchentry
    WHEN old.tokens IS NOT new.tokens BEGIN
        INSERT INTO search_text(search_text, rowid, tokens) VALUES ('delete', old.id, old.tokens);
        INSERT INTO search_text(rowid, tokens) VALUES (new.id, new.tokens);
    END""",
)
POSTGRESQL = (
    # Much of a message's length is the same few words: finer statistics keep the planner's guesses near.
    "ALTER TABLE search_searchentry ALTER COLUMN tokens SET STATISTICS 500",
    "CREATE INDEX search_entry_tokens ON search_searchentry USING gin (tokens) WITH (fastupdate = off)",
)


def build(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    statements = POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(build, migrations.RunPython.noop, elidable=False)]
