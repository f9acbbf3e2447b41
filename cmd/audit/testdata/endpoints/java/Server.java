import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Tickets from webhooks, with com.sun.net.httpserver: PORT, DB (a file; none: memory), SECRET and FAULT. */
public class Server {
    static final String FAULT = Objects.toString(System.getenv("FAULT"), "");
    static final String SECRET = System.getenv("SECRET");
    static final ScheduledExecutorService later = Executors.newScheduledThreadPool(1);

    record Ticket(String state, long time, boolean deleted, int count) {}

    interface Store {
        Ticket find(String key) throws Exception;

        void save(String key, Ticket ticket) throws Exception;

        /** Returns whether the hash is new. */
        boolean mark(String hash) throws Exception;
    }

    static class Memory implements Store {
        final Map<String, Ticket> tickets = new HashMap<>();
        final Set<String> seen = new HashSet<>();

        public Ticket find(String key) { return tickets.get(key); }

        public void save(String key, Ticket ticket) { tickets.put(key, ticket); }

        public boolean mark(String hash) { return seen.add(hash); }
    }

    static class Sqlite implements Store {
        final Connection db;

        Sqlite(String file) throws Exception {
            db = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (var s = db.createStatement()) {
                s.execute("PRAGMA journal_mode = WAL");
                s.execute("CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, state TEXT, time INTEGER, deleted INTEGER, count INTEGER)");
                s.execute("CREATE TABLE IF NOT EXISTS seen (hash TEXT PRIMARY KEY)");
            }
            db.setAutoCommit(false);
        }

        public Ticket find(String key) throws Exception {
            try (var s = db.prepareStatement("SELECT state, time, deleted, count FROM objects WHERE key = ?")) {
                s.setString(1, key);
                var row = s.executeQuery();
                return row.next() ? new Ticket(row.getString(1), row.getLong(2), row.getBoolean(3), row.getInt(4)) : null;
            }
        }

        public void save(String key, Ticket t) throws Exception {
            try (var s = db.prepareStatement("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)")) {
                s.setString(1, key);
                s.setString(2, t.state());
                s.setLong(3, t.time());
                s.setBoolean(4, t.deleted());
                s.setInt(5, t.count());
                s.executeUpdate();
            }
            db.commit();
        }

        public boolean mark(String hash) throws Exception {
            try (var s = db.prepareStatement("INSERT OR IGNORE INTO seen VALUES (?)")) {
                s.setString(1, hash);
                return s.executeUpdate() == 1;
            }
        }
    }

    static Store store;

    static synchronized void apply(String key, String state, long time, boolean deleted, String hash) throws Exception {
        if (!store.mark(hash)) return;
        var known = store.find(key);
        if (known != null && (time < known.time() || known.deleted() && time == known.time())) return;
        var ticket = new Ticket(state != null || known == null ? state : known.state(), time, deleted, known == null ? 1 : known.count() + 1);
        store.save(key, ticket);
        if (FAULT.equals("write-behind") && ticket.count() == 2) { // a cache is written back after what came since
            later.schedule(() -> { synchronized (Server.class) { store.save(key, ticket); return null; } }, 900, TimeUnit.MILLISECONDS);
        }
    }

    static final ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    static int receive(byte[] body) throws Exception {
        String key, state;
        long time;
        boolean deleted;
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            var event = json.readTree(text);
            var id = event.path("objectId");
            if (!event.path("event").isTextual() || !event.path("object").isTextual() || !id.isIntegralNumber() && !id.isTextual()) return 400;
            var props = event.path("props");
            if (!props.isObject() && !props.isNull() && !props.isMissingNode()) return 400;
            key = event.get("object").asText() + "s/" + id.asText();
            state = props.path("state").isTextual() ? props.get("state").asText() : null;
            time = event.path("time").asLong();
            deleted = event.get("event").asText().equals("delete");
        } catch (IOException e) {
            return 400;
        }
        apply(key, state, time, deleted, HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body)));
        return 204;
    }

    static boolean isAuthorized(HttpExchange exchange) {
        var values = exchange.getRequestHeaders().getOrDefault("X-Api-Key", List.of());
        return SECRET == null || values.size() == 1 && MessageDigest.isEqual(values.get(0).getBytes(), SECRET.getBytes());
    }

    static void hook(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            int status;
            try {
                status = !exchange.getRequestMethod().equals("POST") ? 405 : !isAuthorized(exchange) ? 401 : receive(body);
            } catch (Exception e) {
                status = 500;
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    static void show(HttpExchange exchange) throws IOException {
        try (exchange) {
            Ticket ticket;
            try {
                synchronized (Server.class) {
                    ticket = store.find(exchange.getRequestURI().getPath().substring(1));
                }
            } catch (Exception e) {
                throw new IOException(e);
            }
            if (ticket == null || ticket.deleted()) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            var shown = json.writeValueAsBytes(Map.of("state", Objects.toString(ticket.state(), ""), "count", ticket.count()));
            exchange.sendResponseHeaders(200, shown.length);
            exchange.getResponseBody().write(shown);
        }
    }

    public static void main(String[] args) throws Exception {
        store = System.getenv("DB") == null ? new Memory() : new Sqlite(System.getenv("DB"));
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 128);
        server.createContext("/hooks", Server::hook);
        server.createContext("/", Server::show);
        server.setExecutor(Executors.newFixedThreadPool(16));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(2)));
        server.start();
    }
}
