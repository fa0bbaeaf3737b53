import Foundation

/// The nginx in front of the services: one port for everything, and a socket of its own for calls between services.
struct Gateway {
    let port: Int
    let directory: StateDirectory
    /// The sockets of the processes of each service.
    let booking: [String]
    let queuing: [String]
    let notification: [String]

    /// Calls from service to service; reaches the paths under `/internal/`, which the public port refuses.
    static func internalSocket(_ directory: StateDirectory) -> String {
        directory.sockets + "/internal.sock"
    }

    var configurationPath: String { directory.path + "/nginx/nginx.conf" }

    func write() throws {
        try? FileManager.default.removeItem(atPath: Self.internalSocket(directory))
        guard let page = Bundle.module.url(forResource: "Resources/away", withExtension: "html") else {
            throw CocoaError(.fileNoSuchFile)
        }
        try Data(contentsOf: page).write(to: URL(fileURLWithPath: directory.path + "/nginx/away.html"))
        try configuration.write(toFile: configurationPath, atomically: true, encoding: .utf8)
    }

    private func upstream(_ name: String, _ sockets: [String]) -> String {
        let servers = sockets.map { "        server unix:\($0) max_fails=1 fail_timeout=1s;" }.joined(separator: "\n")
        return "    upstream \(name) {\n        least_conn;\n\(servers)\n        keepalive 64;\n    }"
    }

    /// RFC 9457, in both languages: nginx does not know whose request it is.
    private func problem(_ status: Int, _ code: String, _ title: String) -> String {
        #"{"type":"https://onetrip.example/problems/\#(code)","title":"\#(title)","status":\#(status)}"#
    }

    /// A worker holds two for each viewer; only root may go beyond the hard limit.
    private static func openFiles() -> UInt {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return UInt(min(65_536, limit.rlim_max))
    }

    private var configuration: String {
        let home = directory.path + "/nginx"
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "    \($0)_temp_path \(home)/\($0);" }.joined(separator: "\n")
        return """
            # Written by `onetrip up` at each start.
            \(getuid() == 0 ? "user root;" : "")
            worker_processes auto;
            worker_rlimit_nofile \(Self.openFiles());
            pid \(directory.run)/nginx-master.pid;
            error_log stderr warn;
            events { worker_connections 16384; }
            http {
            \(temporary)
                # Paths hold personal links, so there is no access log; the services log routes.
                access_log off;
                server_tokens off;
                client_max_body_size 64k;
                client_header_timeout 15s;
                client_body_timeout 15s;
                keepalive_timeout 60s;
                proxy_http_version 1.1;
                proxy_set_header Connection "";
                proxy_set_header Host $http_host;
                proxy_set_header X-Forwarded-For $remote_addr;
                proxy_set_header X-Forwarded-Proto $scheme;
                proxy_connect_timeout 3s;
                proxy_read_timeout 35s;
                # Another process takes over when one is gone; requests that change something are not sent twice.
                proxy_next_upstream error timeout;
                map $http_accept $away {
                    default /away.json;
                    ~text/html /away.html;
                }
            \(upstream("booking", booking))
            \(upstream("queuing", queuing))
            \(upstream("notification", notification))
                server {
                    listen \(port) backlog=4096;
                    listen [::]:\(port) backlog=4096;
                    # What nginx refuses by itself, before a service could (TRACE, a body beyond the limit), is told as services tell it.
                    default_type application/problem+json;
                    # A path that cannot be read has no URI yet, so it cannot go to a named location.
                    error_page 400 414 494 /unreadable.json;
                    error_page 404 @missing;
                    error_page 405 @refused;
                    error_page 413 @large;
                    # No process of a service is there, or none answers in time: the request may be repeated with its Idempotency-Key.
                    error_page 502 504 =503 $away;
                    location = /away.json {
                        internal;
                        add_header Retry-After 2 always;
                        return 503 '\(problem(503, "unavailable", "服务暂时不可用，请稍后重试 / Not available now, try again soon"))';
                    }
                    location = /away.html {
                        internal;
                        root \(home);
                        charset utf-8;
                        add_header Retry-After 2 always;
                        add_header Cache-Control no-store always;
                    }
                    location = /unreadable.json {
                        internal;
                        return 400 '\(problem(400, "malformed-request", "无法理解这个请求 / This request cannot be understood"))';
                    }
                    location @missing {
                        return 404 '\(problem(404, "not-found", "没有这个地址 / There is nothing here"))';
                    }
                    location @refused {
                        add_header Allow "GET, HEAD, POST, PATCH, DELETE, OPTIONS" always;
                        return 405 '\(problem(405, "method-not-allowed", "不支持这种操作 / This cannot be done here"))';
                    }
                    location @large {
                        return 413 '\(problem(413, "body-too-large", "提交的内容太大 / That is too large"))';
                    }
                    location /internal/ { return 404; }
                    location = /metrics { return 404; }
                    location /api/v1/queue/ { proxy_pass http://queuing; }
                    location /kiosk { proxy_pass http://queuing; }
                    location /staff { proxy_pass http://queuing; }
                    location /promises/ { proxy_pass http://queuing; }
                    location /waits { proxy_pass http://queuing; }
                    location /api/v1/live/ { proxy_pass http://notification; }
                    location /display { proxy_pass http://notification; }
                    location /t/ { proxy_pass http://notification; }
                    location /demo/ { proxy_pass http://notification; }
                    location = /live { proxy_pass http://notification; }
                    location /live/ {
                        proxy_pass http://notification;
                        proxy_buffering off;
                        proxy_read_timeout 1h;
                    }
                    location / { proxy_pass http://booking; }
                }
                server {
                    listen unix:\(Self.internalSocket(directory));
                    location / { proxy_pass http://booking; }
                }
            }
            """
    }
}
