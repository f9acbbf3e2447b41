<?php
// Tickets from webhooks, as a router script of PHP's own server: DB, SECRET and FAULT. A request
// shares no memory with the next; without DB, the tickets are in a temporary file of the process.
$fault = getenv('FAULT');
$secret = getenv('SECRET');

function answer(int $status, ?array $body = null): never
{
    http_response_code($status);
    header_remove('Content-Type');
    if ($body !== null) {
        header('Content-Type: application/json');
        echo json_encode($body);
    }
    exit;
}

$db = new PDO('sqlite:' . (getenv('DB') ?: sys_get_temp_dir() . '/tickets-' . getmypid() . '.db'));
$db->exec('PRAGMA busy_timeout = 5000');
$db->exec('CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, state TEXT, time INTEGER, deleted INTEGER, count INTEGER)');
$db->exec('CREATE TABLE IF NOT EXISTS seen (hash TEXT PRIMARY KEY)');

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (!preg_match('#^/hooks/?$#', $path)) {
    $find = $db->prepare('SELECT state, count FROM objects WHERE key = ? AND NOT deleted');
    $find->execute([trim($path, '/')]);
    $row = $find->fetch(PDO::FETCH_ASSOC);
    $row ? answer(200, $row) : answer(404);
}
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    answer(405);
}
$key = $_SERVER['HTTP_X_API_KEY'] ?? '';
$isAuthorized = match ($fault) {
    'letter-case' => strcasecmp($key, $secret) === 0,
    'prefix' => strncmp($key, $secret, strlen($key)) === 0 && $key !== '',
    default => hash_equals($secret ?: '', $key) || $secret === false,
};
if (!$isAuthorized) {
    answer(401);
}
$body = file_get_contents('php://input');
$event = json_decode($body);
if ($fault === 'ok-false' && !is_object($event)) {
    answer(200, ['ok' => false, 'error' => 'not an event']);
}
$isEvent = is_object($event) && is_string($event->event ?? null) && is_string($event->object ?? null)
    && (is_int($event->objectId ?? null) || is_string($event->objectId ?? null)) && is_object($event->props ?? new stdClass());
if (!$isEvent) {
    answer(400);
}

$key = "{$event->object}s/{$event->objectId}";
$time = $event->time ?? 0;
$db->exec('BEGIN IMMEDIATE');
$mark = $db->prepare('INSERT OR IGNORE INTO seen VALUES (?)');
$mark->execute([hash('sha256', $body)]);
$find = $db->prepare('SELECT time, deleted FROM objects WHERE key = ?');
$find->execute([$key]);
$known = $find->fetch(PDO::FETCH_ASSOC);
$find->closeCursor();
$isLate = $known && ($time < $known['time'] || $known['deleted'] && $time == $known['time']);
if ($mark->rowCount() > 0 && !$isLate) {
    $db->prepare('INSERT INTO objects VALUES (:key, :state, :time, :deleted, 1) ON CONFLICT (key) DO UPDATE
        SET state = coalesce(:state, state), time = :time, deleted = :deleted, count = count + 1')->execute([
        'key' => $key, 'state' => $event->props->state ?? null, 'time' => $time, 'deleted' => (int) ($event->event === 'delete'),
    ]);
}
$db->exec('COMMIT');
answer(204);
