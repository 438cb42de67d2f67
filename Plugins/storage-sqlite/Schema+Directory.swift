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
        for unit in units { try unit.save(in: db) }
        let officials = try Row.fetchCursor(
            db, sql: "SELECT id, full_name, login, staff_category, email, language FROM old_officials")
        while let row = try officials.next() {
            let official = Official(
                id: row[0], fullName: row[1], login: row[2], staffCategory: row[3], email: row[4],
                preferences: Preferences(language: row[5]))
            try official.save(in: db)
        }
        try db.execute(sql: "DROP TABLE old_units; DROP TABLE old_officials; DROP TABLE old_posts")
    }

    private static let directory = """
        ALTER TABLE units RENAME TO old_units;
        ALTER TABLE officials RENAME TO old_officials;
        ALTER TABLE posts RENAME TO old_posts;
        DROP INDEX officials_by_login;
        DROP INDEX posts_by_official;
        DROP INDEX posts_by_unit;

        -- from_date is '' for what always was. name_key: for finding; sort_key: for sorting, as Vietnamese does.
        CREATE TABLE units (
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
          digest TEXT,
          PRIMARY KEY (id, from_date)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX units_by_name ON units (sort_key);
        CREATE INDEX units_by_parent ON units (parent) WHERE parent IS NOT NULL;

        CREATE TABLE officials (
          id TEXT NOT NULL PRIMARY KEY,
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
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX officials_by_login ON officials (login) WHERE login IS NOT NULL;
        -- With what a search looks at, so that it reads no more.
        CREATE INDEX officials_by_name ON officials (sort_key, id, name_key);

        CREATE TABLE posts (
          id TEXT NOT NULL PRIMARY KEY,
          official TEXT NOT NULL,
          unit TEXT NOT NULL,
          title TEXT NOT NULL,
          roles TEXT NOT NULL,
          main INTEGER NOT NULL CHECK (main IN (0, 1)),
          leader INTEGER NOT NULL CHECK (leader IN (0, 1)),
          block TEXT,
          from_date TEXT NOT NULL,
          to_date TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX posts_by_official ON posts (official);
        CREATE INDEX posts_by_unit ON posts (unit);
        INSERT INTO posts (id, official, unit, title, roles, main, leader, block, from_date, to_date)
        SELECT id, official, unit, title, roles, main, 0,
          (SELECT block FROM old_officials WHERE old_officials.id = official), from_date, to_date
        FROM old_posts;

        ALTER TABLE delegations ADD COLUMN acceptance TEXT NOT NULL DEFAULT 'not_required'
          CHECK (acceptance IN ('not_required', 'awaited', 'accepted'));
        ALTER TABLE delegations ADD COLUMN accepted_on TEXT;
        """
}
