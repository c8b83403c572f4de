-- Whoever asked a question about a task is told of its answer from now on. What was answered before is told to nobody: each such
-- fact is kept as one that was dropped (the names of facts are of app/_server/notifications/whom.ts).
INSERT INTO app.notification (id, fact, kind, task_id, person_id, content, dropped)
SELECT gen_random_uuid(), concat_ws(' ', 'answered', q.task_id, q.by_id, q.id), 'answered', q.task_id, q.by_id,
  json_build_object('questionId', q.id), 'It was answered before answers were told.'
FROM app.human_task_question q JOIN app.human_task t ON t.task_id = q.task_id
WHERE q.answered_at IS NOT NULL AND t.settled_at IS NULL;

INSERT INTO app.notification (id, fact, kind, task_id, device_id, content, dropped)
SELECT gen_random_uuid(), concat_ws(' ', 'answered', q.task_id, q.by_id, q.id, d.id), 'answered', q.task_id, d.id,
  json_build_object('questionId', q.id), 'It was answered before answers were told.'
FROM app.human_task_question q JOIN app.human_task t ON t.task_id = q.task_id
  JOIN app.push_device d ON d.person_id = q.by_id
WHERE q.answered_at IS NOT NULL AND t.settled_at IS NULL;

INSERT INTO app.notification (id, fact, kind, task_id, chat_id, content, dropped)
SELECT gen_random_uuid(), concat_ws(' ', 'answered', q.task_id, 'chat', c.id, q.id), 'answered', q.task_id, c.id,
  json_build_object('questionId', q.id), 'It was answered before answers were told.'
FROM app.human_task_question q JOIN app.human_task t ON t.task_id = q.task_id CROSS JOIN app.chat c
WHERE q.answered_at IS NOT NULL AND t.settled_at IS NULL;
