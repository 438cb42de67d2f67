import GRDB

/// The tables, made and changed by named migrations. Administrators may read them with SQL; only the plugin writes them.
enum Schema {
    /// "rotd", in the file's header: tells our files from anybody else's.
    static let applicationID = 0x726F_7464

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 cases, outbox, definitions, directory") { db in try db.execute(sql: first) }
        migrator.registerMigration("2 units of a time, parts of names") { db in try makeDirectoryDated(db) }
        migrator.registerMigration("3 unique texts of cases") { db in try db.execute(sql: third) }
        migrator.registerMigration("4 hidden fields, tasks by unit") { db in try db.execute(sql: privacy) }
        migrator.registerMigration("5 cases by period") { db in try db.execute(sql: fifth) }
        migrator.registerMigration("6 deliveries") { db in try db.execute(sql: deliveries) }
        return migrator
    }

    /// Texts that sort: a task without a due moment comes after those with one.
    static let taskOrder = "coalesce(due, '~')"

    // A month's cases of a unit, or of all: without it they are looked for among those of all months.
    private static let fifth = """
        CREATE INDEX cases_by_period ON cases (workflow, period, unit) WHERE period IS NOT NULL;
        """

    // Ids of cases are keys of their own, without row numbers: they sort as the cases were opened, so new ones are added
    // at the end and lists come out in order. Documents are apart so that rows of lists stay together. An index is there
    // for a query of the contract, and on the path of a commit only where the state, tasks or timers change.
    private static let first = """
        PRAGMA application_id = \(applicationID);

        CREATE TABLE store (
          id TEXT NOT NULL PRIMARY KEY,
          clock TEXT NOT NULL CHECK (clock IN ('real', 'rehearsal')),
          created_at TEXT NOT NULL
        ) STRICT;

        -- What an administrator asks for every few seconds, changed with what it counts.
        CREATE TABLE totals (
          row INTEGER PRIMARY KEY CHECK (row = 1),
          cases INTEGER NOT NULL DEFAULT 0,
          open_cases INTEGER NOT NULL DEFAULT 0,
          overdue_cases INTEGER NOT NULL DEFAULT 0,
          timers INTEGER NOT NULL DEFAULT 0,
          messages_waiting INTEGER NOT NULL DEFAULT 0,
          messages_parked INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        INSERT INTO totals (row) VALUES (1);

        CREATE TABLE cases (
          id TEXT NOT NULL PRIMARY KEY,
          workflow TEXT NOT NULL,
          definition INTEGER NOT NULL,
          state TEXT NOT NULL,
          version INTEGER NOT NULL,
          title TEXT NOT NULL,
          title_key TEXT NOT NULL,
          subject TEXT,
          unit TEXT,
          parent TEXT,
          recurrence TEXT,
          period TEXT,
          opened_at TEXT NOT NULL,
          updated_at TEXT NOT NULL,
          closed_at TEXT,
          state_since TEXT NOT NULL,
          state_version INTEGER NOT NULL,
          overdue TEXT NOT NULL,
          head TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX cases_by_workflow_state ON cases (workflow, state);
        CREATE INDEX cases_by_subject ON cases (subject) WHERE subject IS NOT NULL;
        CREATE INDEX cases_by_unit_period ON cases (unit, period);
        CREATE INDEX cases_by_parent ON cases (parent) WHERE parent IS NOT NULL;
        CREATE INDEX cases_open ON cases (id) WHERE closed_at IS NULL;
        CREATE INDEX cases_overdue ON cases (id) WHERE overdue <> '[]';

        CREATE TABLE documents (
          case_id TEXT NOT NULL PRIMARY KEY REFERENCES cases,
          document TEXT NOT NULL
        ) STRICT;

        CREATE TABLE events (
          position INTEGER PRIMARY KEY,
          case_id TEXT NOT NULL REFERENCES cases,
          version INTEGER NOT NULL,
          event TEXT NOT NULL,
          at TEXT NOT NULL,
          official TEXT,
          on_behalf_of TEXT,
          gateway TEXT,
          from_state TEXT,
          to_state TEXT NOT NULL,
          form TEXT,
          changes TEXT NOT NULL,
          reason TEXT,
          late INTEGER NOT NULL CHECK (late IN (0, 1)),
          detail TEXT,
          previous TEXT NOT NULL,
          hash TEXT NOT NULL,
          request_scope TEXT,
          request_key TEXT,
          request_digest TEXT,
          UNIQUE (case_id, version)
        ) STRICT;
        CREATE UNIQUE INDEX events_by_request ON events (request_scope, request_key) WHERE request_key IS NOT NULL;

        CREATE TABLE tasks (
          case_id TEXT NOT NULL REFERENCES cases,
          event TEXT NOT NULL,
          assignee TEXT NOT NULL,
          since TEXT NOT NULL,
          due TEXT,
          PRIMARY KEY (case_id, event, assignee)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX tasks_by_assignee ON tasks (assignee, \(taskOrder));
        CREATE INDEX tasks_by_due ON tasks (\(taskOrder));

        CREATE TABLE timers (
          case_id TEXT NOT NULL REFERENCES cases,
          id TEXT NOT NULL,
          ordinal INTEGER NOT NULL,
          kind TEXT NOT NULL,
          name TEXT NOT NULL,
          due TEXT NOT NULL,
          period TEXT,
          leased_by TEXT,
          leased_until TEXT,
          PRIMARY KEY (case_id, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX timers_free ON timers (due) WHERE leased_until IS NULL;
        CREATE INDEX timers_leased ON timers (leased_until) WHERE leased_until IS NOT NULL;

        CREATE TABLE readers (
          case_id TEXT NOT NULL REFERENCES cases,
          principal TEXT NOT NULL,
          PRIMARY KEY (case_id, principal)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX readers_by_principal ON readers (principal);

        CREATE TABLE fields (
          case_id TEXT NOT NULL REFERENCES cases,
          name TEXT NOT NULL,
          value TEXT NOT NULL,
          PRIMARY KEY (case_id, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX fields_by_value ON fields (name, value);

        -- held_until: leased or to be tried again later, whichever it is.
        CREATE TABLE messages (
          id TEXT NOT NULL PRIMARY KEY,
          case_id TEXT NOT NULL,
          version INTEGER NOT NULL,
          recipient TEXT NOT NULL,
          topic TEXT NOT NULL,
          created_at TEXT NOT NULL,
          data TEXT NOT NULL,
          state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'parked')),
          attempts INTEGER NOT NULL DEFAULT 0,
          not_before TEXT,
          leased_by TEXT,
          held_until TEXT,
          settled_at TEXT,
          reason TEXT
        ) STRICT;
        CREATE INDEX messages_by_state ON messages (state, created_at, id);
        CREATE INDEX messages_free ON messages (created_at, id) WHERE state = 'waiting' AND held_until IS NULL;
        CREATE INDEX messages_held ON messages (held_until) WHERE held_until IS NOT NULL;

        CREATE TABLE definitions (
          name TEXT NOT NULL,
          version INTEGER NOT NULL,
          source TEXT NOT NULL,
          forms TEXT NOT NULL,
          digest TEXT NOT NULL,
          added_at TEXT NOT NULL,
          PRIMARY KEY (name, version)
        ) STRICT;

        CREATE TABLE units (
          id TEXT NOT NULL PRIMARY KEY,
          name TEXT NOT NULL,
          level TEXT NOT NULL,
          parent TEXT,
          from_date TEXT,
          to_date TEXT,
          successor TEXT
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE officials (
          id TEXT NOT NULL PRIMARY KEY,
          full_name TEXT NOT NULL,
          name_key TEXT NOT NULL,
          login TEXT,
          staff_category TEXT,
          block TEXT,
          email TEXT,
          language TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX officials_by_login ON officials (login) WHERE login IS NOT NULL;

        CREATE TABLE posts (
          id TEXT NOT NULL PRIMARY KEY,
          official TEXT NOT NULL,
          unit TEXT NOT NULL,
          title TEXT NOT NULL,
          roles TEXT NOT NULL,
          main INTEGER NOT NULL CHECK (main IN (0, 1)),
          from_date TEXT NOT NULL,
          to_date TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX posts_by_official ON posts (official);
        CREATE INDEX posts_by_unit ON posts (unit);

        CREATE TABLE delegations (
          id TEXT NOT NULL PRIMARY KEY,
          official TEXT NOT NULL,
          deputy TEXT NOT NULL,
          role TEXT,
          from_date TEXT NOT NULL,
          to_date TEXT NOT NULL,
          document TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX delegations_by_deputy ON delegations (deputy);

        -- Records of imports that are not applied yet, as JSON.
        CREATE TABLE staged (
          import TEXT NOT NULL,
          kind TEXT NOT NULL CHECK (kind IN ('units', 'officials', 'posts', 'delegations')),
          id TEXT NOT NULL,
          record TEXT NOT NULL,
          PRIMARY KEY (import, kind, id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE imports (
          number INTEGER PRIMARY KEY,
          import TEXT NOT NULL,
          applied_at TEXT NOT NULL,
          applied_by TEXT NOT NULL,
          added INTEGER NOT NULL,
          changed INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE settings (
          name TEXT NOT NULL PRIMARY KEY,
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let third = """
        ALTER TABLE cases ADD COLUMN unique_text TEXT;
        CREATE UNIQUE INDEX cases_by_unique_text ON cases (workflow, unique_text) WHERE unique_text IS NOT NULL;
        """

    private static let privacy = """
        -- By which fields a reader must not find a case.
        CREATE TABLE hidden_fields (
          case_id TEXT NOT NULL REFERENCES cases,
          principal TEXT NOT NULL,
          name TEXT NOT NULL,
          PRIMARY KEY (case_id, principal, name)
        ) STRICT, WITHOUT ROWID;

        -- The unit of the case: what is late in a unit is found without going through all tasks.
        ALTER TABLE tasks ADD COLUMN unit TEXT;
        UPDATE tasks SET unit = (SELECT unit FROM cases WHERE cases.id = case_id);
        CREATE INDEX tasks_by_unit ON tasks (unit, \(taskOrder));
        """

    // A message is settled for each recipient and channel by itself. What was delivered to some and waits for others is
    // addressed anew, once. A line of deliveries is read from its head; the index holds what waits, which is little.
    private static let deliveries = """
        CREATE TABLE outbox_messages (
          id TEXT NOT NULL PRIMARY KEY,
          case_id TEXT NOT NULL,
          version INTEGER NOT NULL,
          recipient TEXT NOT NULL,
          topic TEXT NOT NULL,
          created_at TEXT NOT NULL,
          data TEXT NOT NULL,
          state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'addressed', 'parked', 'dropped')),
          attempts INTEGER NOT NULL DEFAULT 0,
          failing_since TEXT,
          not_before TEXT,
          settled_at TEXT,
          reason TEXT
        ) STRICT;
        INSERT INTO outbox_messages (id, case_id, version, recipient, topic, created_at, data, state, settled_at, reason)
          SELECT id, case_id, version, recipient, topic, created_at, data,
            iif(state = 'delivered', 'addressed', state), settled_at, reason
          FROM messages;
        DROP TABLE messages;
        ALTER TABLE outbox_messages RENAME TO messages;
        CREATE INDEX messages_by_state ON messages (state, created_at, id) WHERE state <> 'addressed';
        CREATE INDEX messages_by_settlement ON messages (settled_at) WHERE state IN ('addressed', 'dropped');

        CREATE TABLE deliveries (
          position INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          message TEXT NOT NULL REFERENCES messages,
          recipient TEXT NOT NULL,
          channel TEXT NOT NULL,
          on_behalf_of TEXT,
          created_at TEXT NOT NULL,
          due TEXT NOT NULL,
          digest INTEGER NOT NULL CHECK (digest IN (0, 1)),
          state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'parked', 'dropped')),
          attempts INTEGER NOT NULL DEFAULT 0,
          failing_since TEXT,
          not_before TEXT,
          settled_at TEXT,
          reason TEXT,
          doubtful INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX deliveries_by_line ON deliveries (channel, recipient, due, position) WHERE state = 'waiting';
        CREATE INDEX deliveries_by_state ON deliveries (state, created_at, id);
        CREATE INDEX deliveries_by_message ON deliveries (message);
        CREATE INDEX deliveries_by_settlement ON deliveries (settled_at) WHERE state IN ('delivered', 'dropped');
        CREATE INDEX deliveries_doubtful ON deliveries (position) WHERE doubtful > 0;
        """
}
