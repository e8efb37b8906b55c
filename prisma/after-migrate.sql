-- Run after the queue's own migrations: the one way the app's role enqueues a job.
CREATE OR REPLACE FUNCTION graphile_worker.enqueue_job(task text, body json, job_key text DEFAULT NULL)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = graphile_worker, pg_temp AS $$
  SELECT graphile_worker.add_job(task, body, max_attempts => 10, job_key => job_key)
$$;
REVOKE ALL ON FUNCTION graphile_worker.enqueue_job(text, json, text) FROM PUBLIC;
GRANT USAGE ON SCHEMA graphile_worker TO countersign_app;
GRANT EXECUTE ON FUNCTION graphile_worker.enqueue_job(text, json, text) TO countersign_app;
