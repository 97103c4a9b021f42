extension MetricCatalogue {
    /// The process itself.
    static let process: [MetricDescription] = [
        MetricDescription(
            MetricNames.buildInfo, .info, "The build that is running.",
            "Several versions at a time outside of a deployment.",
            labels: [
                MetricDescription.Label("version", constant: "of the product"),
                MetricDescription.Label(
                    "revision", constant: "the commit, `-dirty` if the tree differed from it"),
                MetricDescription.Label("swift_version", constant: "of the compiler"),
            ]),
        MetricDescription(
            MetricNames.spans, .counter, "Spans exported, dropped for lack of room, or refused by the collector.",
            "Anything but `exported`.",
            labels: [MetricDescription.Label("outcome", ["exported", "dropped", "failed"])]),
        MetricDescription(
            MetricNames.logRecordsDropped, .counter, "Log records dropped because their destination was too slow.",
            "Anything above 0."),
        MetricDescription(
            MetricNames.metricsSeries, .gauge, "Series in the registry; a histogram with its labels is one.",
            "Far below the bound of 5,000: every label has a closed set of values."),
        MetricDescription(
            MetricNames.metricsSeriesRefused, .counter, "Series that were not made because there were too many.",
            "Anything above 0 is a fault of this program."),
        MetricDescription(
            MetricNames.eventLoopLag, .delays, "How late the event loops ran what was due, measured once a second.",
            "Values above 0.05 s: the process has too little CPU, or something blocks a thread of the HTTP server."),
        MetricDescription(
            MetricNames.processCPU, .counter, "CPU time of the process, user and system.",
            "Its rate is the number of cores in use."),
        MetricDescription(
            MetricNames.processResidentMemory, .gauge, "Memory in use.", "A rise over days at an even load."),
        MetricDescription(
            MetricNames.processVirtualMemory, .gauge, "Address space in use.", "Of little use on its own."),
        MetricDescription(
            MetricNames.processOpenFiles, .gauge, "Open file descriptors.",
            "Near `process_max_fds`, connections are refused."),
        MetricDescription(
            MetricNames.processMaximumFiles, .gauge, "The limit on open file descriptors.", "`LimitNOFILE` in the unit."
        ),
        MetricDescription(
            MetricNames.processThreads, .gauge, "Threads of the process.", "Constant after the start."),
        MetricDescription(
            MetricNames.processStart, .gauge, "When the process started, in seconds since 1970.",
            "Changes at an hour that nobody deployed: it was restarted."),
    ]
}
