/// The jobs that documentation and tests know by name; all others are drawn from the seed.
package enum KnownJob: Int64, Sendable, CaseIterable {
    /// Three tasks, nightly; `validate_orders` fails unless `region` is something else than `emea`.
    case nightlyOrders = 412_345_678_901_234
    /// An id above 2^53, and a creator who was deleted (D-11, D-37).
    case featureBackfill = 9_007_199_254_740_993
    /// One small notebook that succeeds; no job parameters.
    case helloLakehouse = 183_920_475_610_382
    /// A for-each task over 120 regions, 7 of which fail (D-65).
    case regionScores = 779_100_000_000_010
    /// 250 tasks (D-20).
    case wideMigration = 520_113_840_226_917
    /// An unpaused continuous job with an active run (D-92).
    case clickstream = 301_775_900_442_158
    /// A schedule that is paused.
    case pausedReport = 648_201_993_570_244
    /// A task whose first attempt fails and whose second succeeds (D-64).
    case flakyIngestion = 295_440_817_365_029
    /// A run that failed and was repaired (D-67).
    case repairedLedger = 733_058_219_604_871
    /// Run Job tasks, three jobs deep; the innermost fails (D-66).
    case chainTop = 860_417_225_390_613
    /// The second job of the chain.
    case chainMiddle = 860_417_225_390_614
    /// The innermost job of the chain.
    case chainLeaf = 860_417_225_390_615
    /// SQL, dbt, wheel, JAR, script, pipeline and condition tasks.
    case mixedTasks = 917_533_406_281_750
    /// One of two jobs whose names differ in case only (D-33).
    case dailySales = 154_886_302_947_711
    /// The other one.
    case dailySalesUpperCase = 154_886_302_947_712
    /// A JAR with a 5 MB log (D-80).
    case archiveExport = 475_920_138_664_503
    /// Output with control characters, ANSI colours and text that looks like instructions (D-86).
    case customerFeedback = 608_334_127_950_186
    /// States and fields that no client knows yet (D-07).
    case futureStates = 241_907_563_318_420
    /// 64-bit integers as strings (D-09).
    case stringNumbers = 390_652_748_105_937
    /// At most one run at a time, with queueing: one run is active and one `QUEUED`.
    case hourlySync = 566_179_032_481_295
    /// At most one run at a time, without queueing: a run was `SKIPPED` (D-92a).
    case exclusiveLoad = 712_846_590_233_168
    /// A run that was cancelled by a user, and one that timed out.
    case longTraining = 829_463_071_558_340
    /// Seen by nobody but its owners: not even by Alice.
    case payrollExport = 133_700_420_915_586
}
