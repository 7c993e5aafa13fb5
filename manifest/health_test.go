package manifest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// told is what a probe asks: its port, $ when it is the environment's and ?
// when only running tells, and its path.
func told(p probe) string {
	port := cmp.Or(fmt.Sprint(p.port), "?")
	switch {
	case p.right:
		port = "$"
	case p.port == 0:
		port = "?"
	}
	return strings.TrimSuffix(port+" "+p.path, " ")
}

// realCommands are health commands that people write, and what they ask.
var realCommands = []struct{ command, want string }{
	// curl
	{`curl -f http://localhost:8080/health`, "8080 /health"},
	{`curl -sf http://localhost:8080/health || exit 1`, "8080 /health"},
	{`curl --fail --silent --show-error http://127.0.0.1:8000/healthz || exit 1`, "8000 /healthz"},
	{`curl -fsS -o /dev/null -w '%{http_code}' http://0.0.0.0:8080/`, "8080 /"},
	{`curl -f localhost:8080`, "8080"},
	{`curl -f http://localhost/health`, "80 /health"},
	{`curl -kf https://localhost/health`, "443 /health"},
	{`curl -kfs https://[::1]:8443/health`, "8443 /health"},
	{`curl -f "http://localhost:$PLUGIN_PORT/health"`, "$ /health"},
	{`curl -f http://localhost:${PLUGIN_PORT}/health`, "$ /health"},
	{`curl -f http://localhost:${PLUGIN_PORT:-8080}/health`, "$ /health"},
	{`curl -f http://localhost:${PORT:-8080}/health`, "? /health"},
	{`curl -f "$HEALTH_URL"`, "unsure"},
	{`curl -f http://$(hostname):8080/health`, "unsure"},
	{`curl -f http://db:5432/`, "elsewhere 5432 /"},
	{`curl -f http://user:pass@example.com/x`, "elsewhere 80 /x"},
	{`curl -f http://localhost:8080/health && curl -f http://example.com`, "8080 /health, elsewhere 80"},
	{`curl -f http://0:8080 http://127.1:8080 http://[::ffff:127.0.0.1]:8080 http://LOCALHOST.:8080 http://a.localhost:8080`, "8080, 8080, 8080, 8080, 8080"},
	{`curl -f http://2130706433:8080`, "unsure"},
	{`curl -f http://$HOSTNAME:8080/health`, "unsure"},
	{`curl -f -H "Host: example.org" -H 'X: http://localhost:1/' http://localhost:8080/health`, "8080 /health"},
	{`curl -x http://localhost:3128 http://localhost:8080/health`, "unsure"},
	{`curl --unix-socket /run/app.sock http://localhost/health`, "unsure"},
	{`curl -sS --max-time 2 --retry 3 'http://localhost:8080/health?full=1&a=b' | grep -q '"ok"'`, "8080 /health"},
	{`curl -f -u "user:pa ss" http://admin:secret@localhost:8080/health`, "8080 /health"},
	{`curl --url=http://localhost:8080/health -f`, "8080 /health"},
	{`curl -f http://localhost:8080/health && curl -f http://localhost:9090/metrics`, "8080 /health, 9090 /metrics"},
	{`test "$(curl -s -o /dev/null -w '%{http_code}' http://localhost:8080/health)" -eq 200`, "8080 /health"},
	{"[ `curl -s localhost:8080/health` = OK ]", "8080 /health"},
	{`if curl -sf http://localhost:8080/health; then exit 0; else exit 1; fi`, "8080 /health"},
	{`timeout 5 curl -sf http://localhost:8080/health`, "8080 /health"},
	{`sh -c "curl -sf http://localhost:8080/health || exit 1"`, "8080 /health"},
	{`for i in 1 2 3; do curl -f http://localhost:8080/health && exit 0; sleep 1; done; exit 1`, "8080 /health"},
	{`curl -f http://localhost:8080/{a,b}`, "8080"},
	// wget
	{`wget -q --spider http://localhost:8080/health`, "8080 /health"},
	{`wget --no-verbose --tries=1 --spider http://localhost:8080/health || exit 1`, "8080 /health"},
	{`wget -qO- http://127.0.0.1:3000/api/health`, "3000 /api/health"},
	{`wget -nv -t1 --spider 'http://localhost:8080/health'`, "8080 /health"},
	{`wget -O /dev/null -T 5 localhost:8080/health`, "8080 /health"},
	{`wget -i urls.txt`, "unsure"},
	// sockets
	{`nc -z localhost 8080`, "8080"},
	{`nc -zv -w 3 127.0.0.1 8080 || exit 1`, "8080"},
	{`nc -vz -w1 localhost $PLUGIN_PORT`, "$"},
	{`bash -c '</dev/tcp/localhost/8080'`, "8080"},
	{`bash -c "exec 3<>/dev/tcp/127.0.0.1/$PLUGIN_PORT"`, "$"},
	{`timeout 1 bash -c 'cat < /dev/null > /dev/tcp/127.0.0.1/8080'`, "8080"},
	// Python
	{`python -c "import urllib.request; urllib.request.urlopen('http://localhost:8080/health')"`, "8080 /health"},
	{`python3 -c 'import urllib.request as r; exit(0 if r.urlopen("http://localhost:8080/health").status == 200 else 1)'`, "8080 /health"},
	{`python -c "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8080, timeout=3); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"`, "8080 /health"},
	{`python -c "import http.client as h; c = h.HTTPConnection('localhost:9000'); c.request('HEAD', '/up')"`, "9000 /up"},
	{`python -c "import os, http.client as h; c = h.HTTPConnection('localhost', int(os.environ['PLUGIN_PORT'])); c.request('GET', '/health')"`, "unsure, ? /health"},
	{`python -c "import requests; requests.get('http://localhost:8080/health', timeout=2).raise_for_status()"`, "8080 /health"},
	{`python -c "import httpx; httpx.get('http://localhost:8080' + '/health').raise_for_status()"`, "8080"},
	{`python -c "import os, urllib.request as r; r.urlopen(f'http://localhost:{os.environ[\"PORT\"]}/health')"`, "? /health"},
	{`python -c "import os, urllib.request as r; r.urlopen('http://localhost:%s/health' % os.environ['PORT'])"`, "?"},
	{`python -c "import socket; s = socket.socket(); s.connect(('127.0.0.1', 8080))"`, "8080"},
	{`python -m healthcheck`, ""},
	{`/app/.venv/bin/python -Ic "import urllib.request as r; r.urlopen('http://localhost:8080/health')"`, "8080 /health"},
	{`python manage.py check`, ""},
	// JavaScript
	{`node -e "fetch('http://localhost:8080/health').then(r => process.exit(r.ok ? 0 : 1)).catch(() => process.exit(1))"`, "8080 /health"},
	{`node -e "require('http').get('http://localhost:3000/health', r => process.exit(r.statusCode === 200 ? 0 : 1))"`, "3000 /health"},
	{`node -e "require('http').get({ host: '127.0.0.1', port: 8080, path: '/health' }, r => process.exit(r.statusCode !== 200))"`, "8080 /health"},
	{`node -e "require('http').request({ port: 8080, path: '/live' }).end()"`, "8080 /live"},
	{`node -e "require('http').get({ hostname: process.env.HOST, port: 8080 })"`, "unsure"},
	{`node -e "require('http').get({ hostname: 'db', port: 8080 })"`, "elsewhere ?"},
	{`node -e "require('http').get({ hostname: 'db.' + domain, port: 8080 })"`, "unsure"},
	{`node -e "require('http').get({ port: 8080, headers: { host: 'example.com' } })"`, "unsure"},
	{`node -e "fetch('http://db' + ':' + port)"`, "unsure"},
	{`node --eval "require('net').connect(8080, 'localhost').on('error', () => process.exit(1))"`, "8080"},
	{`node -e 'fetch("http://localhost:" + process.env.PLUGIN_PORT + "/health")'`, "?"},
	{`node healthcheck.js`, ""},
	{`bun -e "await fetch('http://localhost:8080/health')"`, "8080 /health"},
	{`deno eval "const r = await fetch('http://localhost:8080/health'); Deno.exit(r.ok ? 0 : 1)"`, "8080 /health"},
	// others
	{`ruby -rnet/http -e "exit Net::HTTP.get_response(URI('http://localhost:8080/up')).is_a?(Net::HTTPSuccess)"`, "8080 /up"},
	{`php -r "exit(@file_get_contents('http://localhost:8080/health') === false ? 1 : 0);"`, "8080 /health"},
	{`php -r 'exit(fsockopen("localhost", 9000) ? 0 : 1);'`, "9000"},
	{`/grpc_health_probe -addr=localhost:50051`, ""},
	{`pgrep -f uvicorn || exit 1`, ""},
	{`test -f /tmp/healthy`, ""},
	{`exit 0`, ""},
	{`curl "http://localhost:8080/health`, "unreadable"},
	{`cat <<EOF | nc localhost 8080`, "unreadable"},
	{``, ""},
	{`# nothing`, ""},
}

func TestWhatHealthCommandsProbe(t *testing.T) {
	for _, tt := range realCommands {
		t.Run(tt.command, func(t *testing.T) {
			h, ok := readHealth(tt.command)
			var parts []string
			if h.unsure {
				parts = append(parts, "unsure")
			}
			for n, p := range slices.Concat(h.probes, h.strays) {
				where := ""
				if n >= len(h.probes) {
					where = "elsewhere "
				}
				parts = append(parts, where+told(p))
				for _, s := range []span{p.portAt, p.hostAt, p.nameAt, p.pathAt} {
					if s.from < 0 || s.to < s.from || s.to > len(tt.command) {
						t.Errorf("probe %+v lies outside the command", p)
					}
				}
				if got := tt.command[p.pathAt.from:p.pathAt.to]; got != p.path {
					t.Errorf("the path %q stands where %q is", p.path, got)
				}
				if got := tt.command[p.portAt.from:p.portAt.to]; p.port != 0 && !p.implied && got != fmt.Sprint(p.port) {
					t.Errorf("the port %d stands where %q is", p.port, got)
				}
			}
			got := strings.Join(parts, ", ")
			if !ok {
				got = "unreadable"
			}
			if got != tt.want {
				t.Errorf("probes %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCommandsAreFoundWhereverAShellRunsThem(t *testing.T) {
	tests := []struct{ command, want string }{
		{`a b 'c d' "e f" g\ h i"j"'k'`, `a|b|c d|e f|g h|ijk`},
		{`a && b || c; d & e | f`, `a && b || c ; d & e | f`},
		{"a\nb # c\nd", `a ; b ; d`},
		{`(a; b) && { c; }`, `( a ; b && c ; }`},
		{`! a > f 2>&1 < g`, `a`},
		{`x=1 y=2 a $(b "$(c)") d`, `c inner b|$(c) inner a|$(b "$(c)")|d`},
		{`env A=b timeout -s KILL 5 a b`, `a|b`},
		{`exec nice -n 5 a`, `a`},
		{`command -v a`, `command|-v|a`},
		{`bash -o pipefail -ec 'a | b'`, `bash|-o|pipefail|-ec|a | b a | b`},
		{`a "$((1 + (2)))" ${b:-$c}`, `a|$((1 + (2)))|${b:-$c}`},
		{`a <(b) &> c`, `b inner a`},
		{"a `b \\`c\\``", "b|`c` inner a|"},
	}
	for _, tt := range tests {
		t.Run(tt.command, func(t *testing.T) {
			commands, ok := readShell(tt.command)
			if !ok {
				t.Fatal("it was not read")
			}
			var parts []string
			for _, c := range commands {
				var words []string
				for _, w := range c.words {
					words = append(words, w.text)
					if w.start > w.end || w.end > len(tt.command) || len(w.at) != len(w.text) {
						t.Errorf("word %+v", w)
					}
				}
				text := strings.Join(words, "|")
				if c.before != "" {
					text = c.before + " " + text
				}
				if c.inner {
					text += " inner"
				}
				parts = append(parts, text)
			}
			if got := strings.Join(parts, " "); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestAFindingStandsAtItsWord holds the place of every finding about the health
// command against what it says was found there.
func TestAFindingStandsAtItsWord(t *testing.T) {
	check := func(fsys fstest.MapFS) {
		r := Check(fsys, Options{})
		for _, f := range r.Findings {
			if f.Pointer != "/health_check/command" || f.Found == "" || strings.Contains(f.Message, "no shell") || f.Rule == "NSP2041" {
				continue
			}
			line := []rune(strings.ReplaceAll(r.Line(f.File, f.Line), "\t", " "))
			var got string
			if err := json.Unmarshal([]byte(`"`+string(line[f.Column-1:f.EndColumn-1])+`"`), &got); err != nil || got != f.Found {
				t.Errorf("%s: found %q, there stands %q (%v)", f.Rule, f.Found, got, err)
			}
		}
	}
	base := complete(t)
	for _, dev := range healthDeviations {
		check(plugin(strings.Replace(base, dev.old, dev.new, 1)))
	}
	for _, dev := range healthTreeDeviations {
		check(dev.plugin(t))
	}
}

// TestFixesBehindTheFirst holds the fixes behind the first, which
// the corpus does not look at.
func TestFixesBehindTheFirst(t *testing.T) {
	tests := []struct{ old, new, rule, title string }{
		{"localhost:8080", "localhost:9000", ruleHealthPort, `write "port": 9000`},
		{pythonProbe, sample, ruleHealthTool, "install curl in service/Dockerfile"},
		{timing, "\"interval_seconds\": 10,\n    \"timeout_seconds\": 20", ruleHealthTime, `write "interval_seconds": 60`},
		{"notice:1.0.0", "notice:2.0.0", ruleTagVersion, `write "version": "2.0.0"`},
		{"notice:1.0.0", "notice:latest", ruleTagVersion, ""},
		{"localhost:8080", "localhost:80", ruleHealthPort, ""},
	}
	for _, tt := range tests {
		t.Run(tt.rule+" "+tt.new, func(t *testing.T) {
			r := Check(plugin(strings.Replace(complete(t), tt.old, tt.new, 1)), Options{})
			i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Rule == tt.rule })
			if i < 0 {
				t.Fatalf("findings %+v", r.Findings)
			}
			fixes := r.Findings[i].Fixes
			switch {
			case len(fixes) == 0 || !fixes[0].Safe:
				t.Errorf("the first of %+v is not safe", fixes)
			case tt.title == "" && len(fixes) != 1:
				t.Errorf("fixes %+v, want one", fixes)
			case tt.title != "" && (len(fixes) != 2 || fixes[1].Safe || fixes[1].Title != tt.title):
				t.Errorf("fixes %+v, want a risky second %q", fixes, tt.title)
			}
		})
	}
}

func TestTheSearchOfTheServiceIsBounded(t *testing.T) {
	asks := strings.Replace(complete(t), "8080/health", "8080/livez", 1)
	tests := []struct {
		name  string
		files int
		text  string
		want  string
	}{
		{"few files", 250, "def f(): pass\n", "NSP3041 16:97"},
		{"more files than are looked at", 2 * maxServiceFiles, "def f(): pass\n", ""},
		{"more text than is looked at", 250, strings.Repeat("#\n", maxServiceText/400), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := plugin(asks)
			for i := range tt.files {
				fsys[fmt.Sprintf("service/a/%d.py", i)] = &fstest.MapFile{Data: []byte(tt.text)}
			}
			wantFindings(t, fsys, tt.want, "")
		})
	}
}

func TestALinkIsNotFollowed(t *testing.T) {
	fsys := plugin(strings.Replace(complete(t), "8080/health", "8080/livez", 1))
	fsys["service/routes"] = &fstest.MapFile{Data: []byte("/"), Mode: fs.ModeSymlink | 0o777}
	wantFindings(t, fsys, "", "")
}
