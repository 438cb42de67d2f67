import GRDB
import PluginKit

extension Schema {
    /// Units that are renamed and moved, the parts of names, and what sorts them; blocks go from people to their posts.
    static func makeDirectoryDated(_ db: Database) throws {
        try db.execute(sql: directory)
        let units = try db.rows(
            "SELECT id, name, level, parent, from_date, to_date, successor FROM old_units"
        ) { row in
            Unit(
                id: row[0], name: row[1], level: row[2], parent: row[3], from: try row.optionalDate(4),
                to: try row.optionalDate(5), successor: row[6])
        }
        for unit in units { try insert(unit, in: db) }
        let officials = try Row.fetchCursor(
            db, sql: "SELECT id, full_name, login, staff_category, email, language FROM old_officials")
        while let row = try officials.next() {
            let official = Official(
                id: row[0], fullName: row[1], login: row[2], staffCategory: row[3], email: row[4],
                preferences: Preferences(language: row[5]))
            try insert(official, in: db)
        }
        try db.execute(
            sql: "DROP TABLE old_units; DROP TABLE old_officials; DROP TABLE old_posts; DROP TABLE old_delegations")
    }

    private static func insert<Record: DirectoryRow>(_ record: Record, in db: Database) throws {
        let marks = Record.columns.map { _ in "?" }.joined(separator: ", ")
        try db.run(
            "INSERT INTO \(Record.table) (\(Record.columns.joined(separator: ", "))) VALUES (\(marks))",
            record.values.map { value in
                switch value {
                case .null: .null
                case .int(let number): DatabaseValue(number)
                case .text(let text): DatabaseValue(text)
                }
            })
    }

    private static let unitColumns = """
          id TEXT NOT NULL,
          from_date TEXT NOT NULL,
          to_date TEXT,
          name TEXT NOT NULL,
          name_key TEXT NOT NULL,
          sort_key TEXT NOT NULL,
          level TEXT NOT NULL,
          parent TEXT,
          successor TEXT,
          channel TEXT,
          language TEXT,
          quiet_hours TEXT,
          digest TEXT
        """

    private static let officialColumns = """
          id TEXT NOT NULL,
          full_name TEXT NOT NULL,
          family_name TEXT NOT NULL,
          middle_name TEXT NOT NULL,
          given_name TEXT NOT NULL,
          name_key TEXT NOT NULL,
          sort_key TEXT NOT NULL,
          login TEXT,
          staff_category TEXT,
          email TEXT,
          phone TEXT,
          channel TEXT,
          language TEXT,
          quiet_hours TEXT,
          digest TEXT
        """

    private static let postColumns = """
          id TEXT NOT NULL,
          official TEXT NOT NULL,
          unit TEXT NOT NULL,
          title TEXT NOT NULL,
          roles TEXT NOT NULL,
          main INTEGER NOT NULL CHECK (main IN (0, 1)),
          leader INTEGER NOT NULL CHECK (leader IN (0, 1)),
          block TEXT,
          from_date TEXT NOT NULL,
          to_date TEXT
        """

    private static let delegationColumns = """
          id TEXT NOT NULL,
          official TEXT NOT NULL,
          deputy TEXT NOT NULL,
          role TEXT,
          from_date TEXT NOT NULL,
          to_date TEXT NOT NULL,
          document TEXT,
          acceptance TEXT NOT NULL DEFAULT 'not_required'
            CHECK (acceptance IN ('not_required', 'awaited', 'accepted')),
          accepted_on TEXT
        """

    private static let directory = """
        ALTER TABLE units RENAME TO old_units;
        ALTER TABLE officials RENAME TO old_officials;
        ALTER TABLE posts RENAME TO old_posts;
        ALTER TABLE delegations RENAME TO old_delegations;
        DROP INDEX officials_by_login;
        DROP INDEX posts_by_official;
        DROP INDEX posts_by_unit;
        DROP INDEX delegations_by_deputy;

        -- from_date is '' for what always was. name_key: for finding; sort_key: for sorting, as Vietnamese does.
        CREATE TABLE units (
        \(unitColumns),
          PRIMARY KEY (id, from_date)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX units_by_name ON units (sort_key);
        CREATE INDEX units_by_parent ON units (parent) WHERE parent IS NOT NULL;

        CREATE TABLE officials (
        \(officialColumns),
          PRIMARY KEY (id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX officials_by_login ON officials (login) WHERE login IS NOT NULL;
        -- With what a search looks at, so that it reads no more.
        CREATE INDEX officials_by_name ON officials (sort_key, id, name_key);

        CREATE TABLE posts (
        \(postColumns),
          PRIMARY KEY (id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX posts_by_official ON posts (official);
        CREATE INDEX posts_by_unit ON posts (unit);
        INSERT INTO posts (id, official, unit, title, roles, main, leader, block, from_date, to_date)
        SELECT id, official, unit, title, roles, main, 0,
          (SELECT block FROM old_officials WHERE old_officials.id = official), from_date, to_date
        FROM old_posts;

        CREATE TABLE delegations (
        \(delegationColumns),
          PRIMARY KEY (id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX delegations_by_deputy ON delegations (deputy);
        INSERT INTO delegations (id, official, deputy, role, from_date, to_date, document)
        SELECT id, official, deputy, role, from_date, to_date, document FROM old_delegations;

        -- Imports that are not applied yet; place: where a record stands in the file that it came from.
        DROP TABLE staged;
        CREATE TABLE staged_imports (import TEXT NOT NULL PRIMARY KEY, records INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE staged_units (import TEXT NOT NULL, place TEXT NOT NULL, \(unitColumns)) STRICT;
        CREATE TABLE staged_officials (import TEXT NOT NULL, place TEXT NOT NULL, \(officialColumns)) STRICT;
        CREATE TABLE staged_posts (import TEXT NOT NULL, place TEXT NOT NULL, \(postColumns)) STRICT;
        CREATE TABLE staged_delegations (import TEXT NOT NULL, place TEXT NOT NULL, \(delegationColumns)) STRICT;
        CREATE INDEX staged_units_by_id ON staged_units (import, id);
        CREATE INDEX staged_officials_by_id ON staged_officials (import, id);
        CREATE INDEX staged_posts_by_id ON staged_posts (import, id);
        CREATE INDEX staged_delegations_by_id ON staged_delegations (import, id);
        -- While an import is checked: when each unit is there, whatever its rows.
        CREATE TABLE staged_lives (
          unit TEXT NOT NULL,
          from_date TEXT NOT NULL,
          to_date TEXT,
          PRIMARY KEY (unit, from_date)
        ) STRICT, WITHOUT ROWID;

        -- Who changed the directory; what was added and changed, with what it was, stands in directory_changes.
        CREATE TABLE directory_history (
          number INTEGER PRIMARY KEY,
          kind TEXT NOT NULL CHECK (kind IN ('import', 'acceptance')),
          at TEXT NOT NULL,
          by TEXT NOT NULL,
          added INTEGER NOT NULL,
          changed INTEGER NOT NULL
        ) STRICT;
        INSERT INTO directory_history SELECT number, 'import', applied_at, applied_by, added, changed FROM imports;
        DROP TABLE imports;
        CREATE TABLE directory_changes (
          number INTEGER PRIMARY KEY,
          entry INTEGER NOT NULL REFERENCES directory_history,
          kind TEXT NOT NULL CHECK (kind IN ('units', 'officials', 'posts', 'delegations')),
          id TEXT NOT NULL,
          old TEXT,
          new TEXT
        ) STRICT;
        CREATE INDEX directory_changes_by_entry ON directory_changes (entry);
        CREATE INDEX directory_changes_by_id ON directory_changes (id);
        """
}
