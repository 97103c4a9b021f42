internal import JSON

/// Answers of the Jobs API that the sandbox must give word for word.
enum Examples {
    /// Two jobs.
    static var jobsList: JSONValue {
        get throws {
            try JSONValue.parse(
                #"""
                {
                  "jobs": [
                    {
                      "job_id": 412345678901234,
                      "creator_user_name": "ada@contoso.example",
                      "created_time": 1767225600000,
                      "settings": {
                        "name": "Nightly orders",
                        "description": "Loads orders, checks them and publishes the daily report.",
                        "tags": {"team": "sales-data", "env": "prod"},
                        "format": "MULTI_TASK",
                        "max_concurrent_runs": 1,
                        "timeout_seconds": 7200,
                        "queue": {"enabled": true},
                        "parameters": [
                          {"name": "run_date", "default": "{{job.start_time.iso_date}}"},
                          {"name": "region", "default": "emea"}
                        ],
                        "schedule": {"quartz_cron_expression": "0 15 2 * * ?", "timezone_id": "Europe/Stockholm", "pause_status": "UNPAUSED"},
                        "run_as": {"service_principal_name": "6f1b2c3d-0000-4000-8000-00000000beef"},
                        "email_notifications": {},
                        "webhook_notifications": {}
                      }
                    },
                    {
                      "job_id": 9007199254740993,
                      "created_time": 1764547200000,
                      "settings": {
                        "name": "Feature backfill",
                        "format": "MULTI_TASK",
                        "max_concurrent_runs": 3,
                        "timeout_seconds": 0,
                        "email_notifications": {}
                      }
                    }
                  ],
                  "has_more": true,
                  "next_page_token": "CAIQ9_qd4-8xIIGAgICAgIAQ"
                }
                """#)
        }
    }

    /// The latest completed run of a job.
    static var runsList: JSONValue {
        get throws {
            try JSONValue.parse(
                #"""
                {
                  "runs": [
                    {
                      "job_id": 412345678901234,
                      "run_id": 777000111222333,
                      "number_in_job": 777000111222333,
                      "creator_user_name": "ada@contoso.example",
                      "run_name": "Nightly orders",
                      "run_type": "JOB_RUN",
                      "trigger": "PERIODIC",
                      "start_time": 1769991300000,
                      "end_time": 1769991912000,
                      "setup_duration": 0,
                      "execution_duration": 0,
                      "cleanup_duration": 0,
                      "run_duration": 612000,
                      "state": {
                        "life_cycle_state": "INTERNAL_ERROR",
                        "result_state": "FAILED",
                        "state_message": "Task validate_orders failed with message: Workload failed, see run output for details. This caused all downstream tasks to get skipped.",
                        "user_cancelled_or_timedout": false
                      },
                      "status": {
                        "state": "TERMINATED",
                        "termination_details": {
                          "code": "RUN_EXECUTION_ERROR",
                          "type": "CLIENT_ERROR",
                          "message": "Task validate_orders failed with message: Workload failed, see run output for details. This caused all downstream tasks to get skipped."
                        }
                      },
                      "run_page_url": "https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/412345678901234/run/777000111222333"
                    }
                  ],
                  "has_more": true,
                  "next_page_token": "CAEQ6JqUr8QzIJ3k7cWYrwE="
                }
                """#)
        }
    }

    /// A run with a failed task, and its history.
    static var run: JSONValue {
        get throws {
            try JSONValue.parse(
                #"""
                {
                  "job_id": 412345678901234,
                  "run_id": 777000111222333,
                  "job_run_id": 777000111222333,
                  "number_in_job": 777000111222333,
                  "original_attempt_run_id": 777000111222333,
                  "creator_user_name": "ada@contoso.example",
                  "run_name": "Nightly orders",
                  "run_type": "JOB_RUN",
                  "trigger": "PERIODIC",
                  "schedule": {"quartz_cron_expression": "0 15 2 * * ?", "timezone_id": "Europe/Stockholm", "pause_status": "UNPAUSED"},
                  "start_time": 1769991300000,
                  "end_time": 1769991912000,
                  "setup_duration": 0,
                  "execution_duration": 0,
                  "cleanup_duration": 0,
                  "run_duration": 612000,
                  "queue_duration": 0,
                  "attempt_number": 0,
                  "job_parameters": [
                    {"name": "region", "default": "emea", "value": "emea"},
                    {"name": "run_date", "default": "{{job.start_time.iso_date}}", "value": "2026-02-02"}
                  ],
                  "state": {
                    "life_cycle_state": "INTERNAL_ERROR",
                    "result_state": "FAILED",
                    "state_message": "Task validate_orders failed with message: Workload failed, see run output for details. This caused all downstream tasks to get skipped.",
                    "user_cancelled_or_timedout": false
                  },
                  "status": {
                    "state": "TERMINATED",
                    "termination_details": {
                      "code": "RUN_EXECUTION_ERROR",
                      "type": "CLIENT_ERROR",
                      "message": "Task validate_orders failed with message: Workload failed, see run output for details. This caused all downstream tasks to get skipped."
                    }
                  },
                  "run_page_url": "https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/412345678901234/run/777000111222333",
                  "job_clusters": [
                    {
                      "job_cluster_key": "main",
                      "new_cluster": {
                        "spark_version": "16.4.x-scala2.12",
                        "node_type_id": "Standard_D4ds_v5",
                        "num_workers": 2,
                        "data_security_mode": "SINGLE_USER",
                        "azure_attributes": {"availability": "SPOT_WITH_FALLBACK_AZURE", "first_on_demand": 1}
                      }
                    }
                  ],
                  "tasks": [
                    {
                      "task_key": "ingest_orders",
                      "run_id": 777000111222401,
                      "attempt_number": 0,
                      "run_if": "ALL_SUCCESS",
                      "job_cluster_key": "main",
                      "cluster_instance": {"cluster_id": "0202-021501-k3x9q2ab", "spark_context_id": "7210034455667788990"},
                      "python_wheel_task": {"package_name": "orders", "entry_point": "ingest", "named_parameters": {"region": "{{job.parameters.region}}"}},
                      "start_time": 1769991300000,
                      "end_time": 1769991610000,
                      "setup_duration": 190000,
                      "execution_duration": 118000,
                      "cleanup_duration": 2000,
                      "state": {"life_cycle_state": "TERMINATED", "result_state": "SUCCESS", "state_message": "", "user_cancelled_or_timedout": false},
                      "status": {"state": "TERMINATED", "termination_details": {"code": "SUCCESS", "type": "SUCCESS", "message": ""}},
                      "run_page_url": "https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/412345678901234/run/777000111222401"
                    },
                    {
                      "task_key": "validate_orders",
                      "run_id": 777000111222402,
                      "attempt_number": 0,
                      "depends_on": [{"task_key": "ingest_orders"}],
                      "run_if": "ALL_SUCCESS",
                      "job_cluster_key": "main",
                      "cluster_instance": {"cluster_id": "0202-021501-k3x9q2ab", "spark_context_id": "7210034455667788990"},
                      "notebook_task": {"notebook_path": "/Workspace/Shared/orders/validate", "source": "WORKSPACE", "base_parameters": {"max_null_ratio": "0.01"}},
                      "start_time": 1769991611000,
                      "end_time": 1769991911000,
                      "setup_duration": 3000,
                      "execution_duration": 296000,
                      "cleanup_duration": 1000,
                      "state": {"life_cycle_state": "TERMINATED", "result_state": "FAILED", "state_message": "Workload failed, see run output for details", "user_cancelled_or_timedout": false},
                      "status": {"state": "TERMINATED", "termination_details": {"code": "RUN_EXECUTION_ERROR", "type": "CLIENT_ERROR", "message": "Workload failed, see run output for details"}},
                      "run_page_url": "https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/412345678901234/run/777000111222402"
                    },
                    {
                      "task_key": "publish_report",
                      "run_id": 777000111222403,
                      "attempt_number": 0,
                      "depends_on": [{"task_key": "validate_orders"}],
                      "run_if": "ALL_SUCCESS",
                      "sql_task": {"warehouse_id": "a1b2c3d4e5f60718", "query": {"query_id": "0f6a2c58-0000-4000-8000-0000000000aa"}},
                      "start_time": 1769991911000,
                      "end_time": 1769991912000,
                      "setup_duration": 0,
                      "execution_duration": 0,
                      "cleanup_duration": 0,
                      "state": {"life_cycle_state": "SKIPPED", "result_state": "UPSTREAM_FAILED", "state_message": "An upstream task failed.", "user_cancelled_or_timedout": false},
                      "status": {"state": "TERMINATED", "termination_details": {"code": "SKIPPED", "type": "CLIENT_ERROR", "message": "An upstream task failed."}},
                      "run_page_url": "https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/412345678901234/run/777000111222403"
                    }
                  ],
                  "repair_history": [
                    {
                      "type": "ORIGINAL",
                      "start_time": 1769991300000,
                      "end_time": 1769991912000,
                      "state": {"life_cycle_state": "INTERNAL_ERROR", "result_state": "FAILED", "state_message": "Task validate_orders failed with message: Workload failed, see run output for details. This caused all downstream tasks to get skipped.", "user_cancelled_or_timedout": false},
                      "task_run_ids": [777000111222401, 777000111222402, 777000111222403]
                    }
                  ]
                }
                """#)
        }
    }

    /// The output of the failed task.
    static var output: JSONValue {
        get throws {
            try JSONValue.parse(
                #"""
                {
                  "notebook_output": {},
                  "error": "AssertionError: null ratio of customer_id is 0.043, allowed 0.010",
                  "error_trace": "---------------------------------------------------------------------------\nAssertionError                            Traceback (most recent call last)\nFile <command-3344556677889900>, line 6\n      4 ratio = df.filter(F.col('customer_id').isNull()).count() / max(df.count(), 1)\n      5 limit = float(dbutils.widgets.get('max_null_ratio'))\n----> 6 assert ratio <= limit, f'null ratio of customer_id is {ratio:.3f}, allowed {limit:.3f}'\n\nAssertionError: null ratio of customer_id is 0.043, allowed 0.010",
                  "metadata": {
                    "job_id": 412345678901234,
                    "run_id": 777000111222402,
                    "job_run_id": 777000111222333,
                    "number_in_job": 777000111222402,
                    "original_attempt_run_id": 777000111222402,
                    "creator_user_name": "ada@contoso.example",
                    "run_name": "Nightly orders",
                    "run_type": "JOB_RUN",
                    "start_time": 1769991611000,
                    "end_time": 1769991911000,
                    "setup_duration": 3000,
                    "execution_duration": 296000,
                    "cleanup_duration": 1000,
                    "attempt_number": 0,
                    "state": {"life_cycle_state": "TERMINATED", "result_state": "FAILED", "state_message": "Workload failed, see run output for details", "user_cancelled_or_timedout": false},
                    "status": {"state": "TERMINATED", "termination_details": {"code": "RUN_EXECUTION_ERROR", "type": "CLIENT_ERROR", "message": "Workload failed, see run output for details"}},
                    "run_page_url": "https://adb-1234567890123456.7.azuredatabricks.net/?o=1234567890123456#job/412345678901234/run/777000111222402"
                  }
                }
                """#)
        }
    }
}
