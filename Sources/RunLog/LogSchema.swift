import Diagnostics
import GRDB

/// The tables of `run.sqlite` and `index.sqlite`: the same, with one run or with many.
///
/// Every table but `run` begins with the number of its run, and rows are numbered within the run, so that a run is
/// copied into the index row by row. Wall-clock values live in `run_clock` and `cell_clock` alone: whatever else
/// differs between two runs is a difference between the runs.
enum LogSchema {
  /// "rune", in the header of every log: tells it from other people's databases.
  static let applicationID = 0x7275_6E65

  /// Migration N brings a log from version N to N + 1.
  ///
  /// Never edit one that was released; append.
  static let migrations = [version1, version2, version3, version4, version5]

  /// The tables an index has of a run, in the order in which they are copied.
  ///
  /// Points, steps and their digests stay in the run's own log: with them an index would be a hundred times as large.
  static let tables = [
    "run_clock", "parameter", "environment", "cell", "cell_clock", "metric", "summary",
    "dataset", "dataset_file", "dataset_part", "artifact", "check_result", "event", "scope", "lineage",
  ]

  /// The status of a run as it is to be shown: one whose process has ended without saying so was interrupted.
  static let shownStatus =
    "iif(status = 'running' AND has_ended(host, boot_id, pid, start_ticks), 'interrupted', status)"

  /// `has_ended` of ``shownStatus``.
  /// - Parameter observer: whose view decides.
  static func hasEnded(seenFrom observer: ProcessIdentity) -> DatabaseFunction {
    DatabaseFunction("has_ended", argumentCount: 4) { values in
      guard let host = String.fromDatabaseValue(values[0]), let bootID = String.fromDatabaseValue(values[1]),
        let pid = Int.fromDatabaseValue(values[2]), let ticks = Int.fromDatabaseValue(values[3])
      else { return false }
      return ProcessIdentity(host: host, bootID: bootID, pid: pid, startTicks: ticks).hasEnded(
        seenFrom: observer)
    }
  }

  private static let version1 = """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, experiment TEXT NOT NULL, title TEXT NOT NULL,
      seed TEXT NOT NULL,  -- 64 bits without a sign do not fit an INTEGER
      command TEXT NOT NULL,  -- a JSON list
      source TEXT NOT NULL, resolved TEXT NOT NULL, tag TEXT, note TEXT,
      status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'interrupted')),
      segment INTEGER NOT NULL  -- how often it was resumed
    ) STRICT;
    CREATE INDEX run_by_experiment ON run (experiment);

    CREATE TABLE run_clock (
      run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE, started_at REAL NOT NULL, seconds REAL,
      host TEXT NOT NULL, boot_id TEXT NOT NULL, pid INTEGER NOT NULL, start_ticks INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE parameter (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL, name TEXT NOT NULL,
      json TEXT NOT NULL,
      type TEXT NOT NULL CHECK (type IN ('null', 'boolean', 'integer', 'real', 'text', 'list', 'map')),
      value REAL,  -- of integers and reals, for queries
      PRIMARY KEY (run, number), UNIQUE (run, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE environment (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL, key TEXT NOT NULL,
      value TEXT NOT NULL, PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE cell (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL, keyword TEXT NOT NULL,
      name TEXT NOT NULL, status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'interrupted')),
      PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE cell_clock (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, cell INTEGER NOT NULL, seconds REAL NOT NULL,
      PRIMARY KEY (run, cell)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE metric (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL, series TEXT NOT NULL,
      name TEXT NOT NULL, goal TEXT NOT NULL CHECK (goal IN ('smaller', 'larger')),
      PRIMARY KEY (run, number), UNIQUE (run, series, name)
    ) STRICT, WITHOUT ROWID;

    -- A value of NULL is NaN; infinities are themselves; minus zero becomes zero.
    CREATE TABLE point (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, metric INTEGER NOT NULL, segment INTEGER NOT NULL,
      step INTEGER NOT NULL, epoch INTEGER, value REAL
    ) STRICT;
    CREATE INDEX point_by_metric ON point (run, metric);

    CREATE TABLE summary (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, metric INTEGER NOT NULL,
      last REAL, last_step INTEGER NOT NULL, last_epoch INTEGER,
      best REAL, best_step INTEGER NOT NULL, best_epoch INTEGER,
      PRIMARY KEY (run, metric)
    ) STRICT, WITHOUT ROWID;

    -- Segment N of a series continues after this step; later points of earlier segments are dead.
    CREATE TABLE resumption (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, segment INTEGER NOT NULL, series TEXT NOT NULL,
      step INTEGER NOT NULL, PRIMARY KEY (run, segment, series)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW live_point AS
      SELECT point.rowid AS position, point.*, metric.series, metric.name FROM point
      JOIN metric ON metric.run = point.run AND metric.number = point.metric
      WHERE NOT EXISTS (
        SELECT * FROM resumption AS later
        WHERE later.run = point.run AND later.series = metric.series AND later.segment > point.segment
          AND later.step < point.step);

    CREATE TABLE dataset (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL, name TEXT NOT NULL,
      PRIMARY KEY (run, number), UNIQUE (run, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE dataset_file (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, dataset INTEGER NOT NULL, number INTEGER NOT NULL,
      path TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (run, dataset, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE dataset_part (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, dataset INTEGER NOT NULL, number INTEGER NOT NULL,
      name TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (run, dataset, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE artifact (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL, path TEXT NOT NULL,
      media_type TEXT NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, caption TEXT NOT NULL, cell INTEGER,
      PRIMARY KEY (run, number), UNIQUE (run, path)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE check_result (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL, expression TEXT NOT NULL,
      passed INTEGER NOT NULL CHECK (passed IN (0, 1)), found TEXT NOT NULL,
      PRIMARY KEY (run, number), UNIQUE (run, expression)
    ) STRICT, WITHOUT ROWID;

    -- Notes of cells, and diagnostics.
    CREATE TABLE event (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL, cell INTEGER, code TEXT,
      severity TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'note')), text TEXT NOT NULL, help TEXT,
      PRIMARY KEY (run, number)
    ) STRICT, WITHOUT ROWID;
    """

  /// Where a run goes on is known by what each table held at a checkpoint; what came later is removed then.
  private static let version2 = """
    DROP VIEW live_point;
    DROP TABLE resumption;
    CREATE VIEW series_point AS
      SELECT point.rowid AS position, point.*, metric.series, metric.name FROM point
      JOIN metric ON metric.run = point.run AND metric.number = point.metric;

    -- The number of the last row of each table at a checkpoint; -1 if there was none.
    CREATE TABLE mark (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, checkpoint INTEGER NOT NULL, name TEXT NOT NULL,
      last INTEGER NOT NULL, PRIMARY KEY (run, checkpoint, name)
    ) STRICT, WITHOUT ROWID;
    """

  /// What the steps of trainings computed, to the bit.
  private static let version3 = """
    CREATE TABLE steps (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, number INTEGER NOT NULL, cell INTEGER NOT NULL,
      series TEXT NOT NULL, epoch INTEGER NOT NULL, first_step INTEGER NOT NULL,
      losses BLOB NOT NULL,  -- a float of 4 bytes for each step, little-endian
      PRIMARY KEY (run, number)
    ) STRICT;

    -- Digests of all weights after a step; 64 bits without a sign are stored as if they had one.
    CREATE TABLE weight_digest (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, steps INTEGER NOT NULL, step INTEGER NOT NULL,
      digest INTEGER NOT NULL, PRIMARY KEY (run, steps, step)
    ) STRICT, WITHOUT ROWID;

    -- In an index: what the run's log was when it was read, to tell whether it has changed.
    CREATE TABLE taken_in (
      run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE, stamp TEXT NOT NULL
    ) STRICT;
    """

  /// How much of its experiment a run was asked to do; of older runs their commands tell.
  private static let version4 = """
    CREATE TABLE scope (
      run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE, quick INTEGER NOT NULL CHECK (quick IN (0, 1)),
      until INTEGER  -- the number of the last cell that was wanted; NULL for all
    ) STRICT;
    INSERT INTO scope \(scopeOfOlderRuns);
    """

  /// The rows of `scope` that runs of a log without that table have: `run`, `quick` and `until`.
  ///
  /// A run that was asked to stop early stopped with the last cell that it has.
  static let scopeOfOlderRuns = """
    SELECT id AS run, EXISTS (SELECT * FROM json_each(command) WHERE value = '--quick') AS quick,
      iif(EXISTS (SELECT * FROM json_each(command) WHERE value = '--until' OR value LIKE '--until=%'),
        (SELECT max(number) FROM cell WHERE cell.run = run.id), NULL) AS until
    FROM run
    """

  /// What runs belong to: runs of older logs belong to nothing.
  private static let version5 = """
    CREATE TABLE lineage (
      run INTEGER PRIMARY KEY REFERENCES run ON DELETE CASCADE,
      parent TEXT NOT NULL  -- the name of a run or a sweep, which need not be in this log
    ) STRICT;
    """

  /// What gives the rows of a table in a log of any version.
  static func rows(of table: String, in db: Database) throws -> String {
    switch table {
    case "scope": try scopes(in: db)
    case "lineage": try parents(in: db)
    default: "SELECT * FROM \(table)"
    }
  }

  /// What gives the parents of all runs of a log of any version that have one.
  static func parents(in db: Database) throws -> String {
    try db.tableExists("lineage")
      ? "SELECT run, parent FROM lineage" : "SELECT NULL AS run, NULL AS parent WHERE 0"
  }

  /// What gives the scopes of all runs of a log of any version.
  static func scopes(in db: Database) throws -> String {
    try db.tableExists("scope") ? "SELECT run, quick, until FROM scope" : scopeOfOlderRuns
  }

  /// Brings a log to the newest version; an empty file becomes one.
  static func migrate(_ db: Database, path: String) throws {
    let version = try check(db, path: path)
    for (number, sql) in migrations.enumerated().dropFirst(version) {
      try db.execute(sql: sql)
      try db.execute(sql: "PRAGMA user_version = \(number + 1)")
    }
    // Not said again: an index that is only looked at stays as it is, to the byte.
    if version < migrations.count { try db.execute(sql: "PRAGMA application_id = \(applicationID)") }
  }

  /// The version of a log, after making sure that it is one and not newer than this program.
  @discardableResult
  static func check(_ db: Database, path: String) throws -> Int {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
    guard isEmpty || application == applicationID else {
      throw Diagnostic.notALog(path, "it is a database of another program")
    }
    guard version <= migrations.count else {
      throw Diagnostic.newerLog(path, version: version, known: migrations.count)
    }
    return version
  }
}
