package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing/fstest"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/panel"
	"github.com/netstacks/netstacks-plugin/studio"
)

// sampleNow is when all samples are looked at.
var sampleNow = time.Date(2026, 3, 14, 10, 42, 7, 0, time.UTC)

// sampleLog is a Log over a slice.
type sampleLog struct {
	mu      sync.Mutex
	lines   []studio.LogLine
	dropped uint64
}

func (l *sampleLog) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}

func (l *sampleLog) Dropped() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped
}

func (l *sampleLog) Window(from, n int) []studio.LogLine {
	l.mu.Lock()
	defer l.mu.Unlock()
	from = max(from, 0)
	n = min(n, len(l.lines)-from)
	if n <= 0 {
		return nil
	}
	return append([]studio.LogLine(nil), l.lines[from:from+n]...)
}

func (l *sampleLog) add(at time.Time, stream, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, studio.LogLine{At: at, Stream: stream, Text: text})
}

// sampleProject is a Project with a snapshot to set and commands to watch.
type sampleProject struct {
	mu     sync.Mutex
	snap   studio.Snapshot
	calls  []string
	build  sampleLog
	run    sampleLog
	events chan studio.Event
	noted  chan struct{} // receives when a command is called
	// hold, when not nil, keeps Build, Run and Close waiting until it is closed
	// or their context ends.
	hold chan struct{}
	err  error // what commands return
}

func newSampleProject(sn studio.Snapshot) *sampleProject {
	p := &sampleProject{snap: sn, events: make(chan studio.Event, 64), noted: make(chan struct{}, 64)}
	for i, text := range []string{
		"#5 [2/5] WORKDIR /app", "#5 CACHED", "#7 [4/5] RUN pip install --no-cache-dir -r requirements.txt",
		"#7 1.204 Collecting fastapi==0.115.12", "#7 1.391   Downloading fastapi-0.115.12-py3-none-any.whl (95 kB)",
		"#7 2.875 Collecting asyncpg==0.30.0", "#7 9.441 Successfully installed asyncpg-0.30.0 fastapi-0.115.12 uvicorn-0.34.2",
		"#8 [5/5] COPY . .", "#8 DONE 0.1s", "#9 exporting to image", "#9 DONE 0.9s",
	} {
		p.build.add(sampleNow.Add(time.Duration(i-90)*time.Second), "build", text)
	}
	for i, text := range []string{
		"INFO:     Started server process [1]", "INFO:     Waiting for application startup.", "INFO:     Application startup complete.",
		"INFO:     Uvicorn running on http://0.0.0.0:8080 (Press CTRL+C to quit)", `INFO:     127.0.0.1:44824 - "GET /health HTTP/1.1" 200 OK`,
		`INFO:     172.19.0.2:51122 - "GET /admin/items?org_id=11111111-1111-4111-8111-111111111111 HTTP/1.1" 200 OK`,
		"WARNING:  pool is at 9 of 10 connections",
	} {
		p.run.add(sampleNow.Add(time.Duration(i-30)*1371*time.Millisecond), "stderr", text)
	}
	return p
}

func (p *sampleProject) called(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, name)
	p.noted <- struct{}{}
}

func (p *sampleProject) seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.calls...)
}

func (p *sampleProject) set(change func(*studio.Snapshot)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.snap)
}

func (p *sampleProject) wait(ctx context.Context) error {
	if p.hold != nil {
		select {
		case <-p.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return p.err
}

func (p *sampleProject) Snapshot() studio.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.snap
}

func (p *sampleProject) Subscribe(int) (<-chan studio.Event, func()) { return p.events, func() {} }

func (p *sampleProject) Build(ctx context.Context, noCache bool) error {
	p.called(fmt.Sprintf("build noCache=%t", noCache))
	return p.wait(ctx)
}

func (p *sampleProject) Run(ctx context.Context) error {
	p.called("run")
	return p.wait(ctx)
}

func (p *sampleProject) StopRun(context.Context) error {
	p.called("stop")
	return p.err
}

func (p *sampleProject) RefreshPanel(_ context.Context, id string) error {
	p.called("refresh " + id)
	return p.err
}

func (p *sampleProject) Package(context.Context, string) error {
	p.called("package")
	return p.err
}

// PlanPackage is asked for whenever the package's page is shown; the sample has its plan already.
func (p *sampleProject) PlanPackage(context.Context) error { return nil }

func (p *sampleProject) ApplyFix(_ context.Context, f manifest.Finding, fix manifest.Fix) error {
	p.called("fix " + f.Rule + ": " + fix.Title)
	return p.err
}

func (p *sampleProject) ApplySafeFixes(context.Context) (int, error) {
	p.called("fix all")
	return 1, p.err
}

func (p *sampleProject) UndoFix(context.Context) error {
	p.called("undo")
	return p.err
}

func (p *sampleProject) Bump(_ context.Context, part manifest.Part) error {
	p.called("bump " + string(part))
	return p.err
}

func (p *sampleProject) Compare(_ context.Context, archive string) error {
	p.called("compare " + archive)
	return p.err
}

func (p *sampleProject) Close(ctx context.Context) error {
	p.called("close")
	return p.wait(ctx)
}

func (p *sampleProject) Logs() (build, run Log) { return &p.build, &p.run }

const sampleSource = `{
  "name": "monitoring-integration",
  "version": "1.0.0",
  "display_name": "Monitoring Integration",
  "description": "Shows monitored items in the Terminal",
  "author": "Ada",
  "image": "netstacks-plugin-monitoring-integration:1.0.0",
  "port": 8080,
  "capabilities_required": [
    "read_devices",
    "index_knowledge"
  ],
  "resources": {
    "cpu_limit": 0.5,
    "memory_limit": 268435456
  },
  "health_check": {
    "command": "python -c \"import urllib.request as u; u.urlopen('http://localhost:8080/health')\"",
    "interval_seconds": 30
  },
  "migrations_dir": "migrations",
  "terminal_panels": [
    {
      "id": "items",
      "label": "Items",
      "data_endpoint": "/admin/items",
      "refresh_interval_seconds": 30
    }
  ]
}
`

func sampleManifest() *manifest.Manifest {
	var m manifest.Manifest
	if err := json.Unmarshal([]byte(sampleSource), &m); err != nil {
		panic(err)
	}
	m.TerminalPanels[0].Columns = []manifest.Column{{Key: "name", Label: "Name"}, {Key: "enabled", Label: "Enabled"}}
	return &m
}

// sampleReport is a report without findings on files that can be read through it.
func sampleReport(source string) manifest.Report {
	r := manifest.Check(fstest.MapFS{
		manifest.FileName:                   {Data: []byte(source)},
		"service/Dockerfile":                {Data: []byte("FROM python:3.12-slim\nCOPY . .\n")},
		"service/main.py":                   {Data: []byte("app = 1\n")},
		"migrations/001_initial_schema.sql": {Data: []byte("CREATE TABLE items (id INT);\n")},
	}, manifest.Options{Path: "monitoring-integration"})
	r.OK, r.Findings, r.Score, r.Checks = true, []manifest.Finding{}, manifest.Score{Passed: 8, Total: 8}, sampleChecks()
	return r
}

func sampleChecks(failed ...string) []manifest.CheckResult {
	labels := []string{
		"manifest.json exists", "service/Dockerfile exists", "service entry point exists", "All required fields present",
		"Name matches pattern", "Version matches semver pattern", "Port in valid range", "Resources has cpu_limit and memory_limit",
	}
	checks := make([]manifest.CheckResult, len(labels))
	for i, l := range labels {
		checks[i] = manifest.CheckResult{ID: fmt.Sprintf("check-%d", i+1), Label: l, OK: true}
		for _, f := range failed {
			if f == l {
				checks[i].OK, checks[i].Detail = false, l+": it does not; mend it"
			}
		}
	}
	return checks
}

// sampleFresh is a project that was just made: nothing built.
func sampleFresh() studio.Snapshot {
	m := sampleManifest()
	return studio.Snapshot{
		Dir: "/home/ada/plugins/monitoring-integration",
		Manifest: studio.ManifestState{
			Report: sampleReport(sampleSource),
			Source: []byte(sampleSource), Good: m, At: sampleNow.Add(-3 * time.Second), Took: 12 * time.Millisecond,
		},
		Engine:  studio.EngineState{Name: "docker 20.10.24", Endpoint: "unix:///var/run/docker.sock", Context: "default", Network: "netstacks_net", Checked: true},
		Build:   studio.BuildState{Phase: studio.PhaseIdle},
		Run:     studio.RunState{Phase: studio.PhaseIdle, Health: studio.HealthNone},
		Panels:  []studio.PanelState{{Panel: m.TerminalPanels[0]}},
		Package: studio.PackageState{Phase: studio.PhaseIdle},
		Recent:  []studio.Note{{At: sampleNow.Add(-4 * time.Second), Text: "opened monitoring-integration", Kind: "plain"}},
	}
}

func sampleSteps(working int, failed bool) []studio.BuildStep {
	names := []string{
		"[internal] load build definition from Dockerfile", "[internal] load metadata for docker.io/library/python:3.12-slim",
		"[1/5] FROM docker.io/library/python:3.12-slim", "[2/5] WORKDIR /app", "[3/5] COPY requirements.txt .",
		"[4/5] RUN pip install --no-cache-dir -r requirements.txt", "[5/5] COPY . .", "exporting to image",
	}
	steps := make([]studio.BuildStep, len(names))
	for i, n := range names {
		steps[i] = studio.BuildStep{ID: fmt.Sprint(i), Name: n, Phase: studio.PhaseDone, Cached: i > 1 && i < 4, Took: time.Duration(i*i*231+20) * time.Millisecond}
		switch {
		case i == working && failed:
			steps[i].Phase = studio.PhaseFailed
		case i == working:
			steps[i].Phase = studio.PhaseWorking
		case i > working:
			steps[i].Phase, steps[i].Took = studio.PhaseIdle, 0
		}
	}
	return steps
}

// sampleBuilding is in the middle of a build.
func sampleBuilding() studio.Snapshot {
	sn := sampleFresh()
	sn.Build = studio.BuildState{
		Phase: studio.PhaseWorking, Image: "netstacks-plugin-monitoring-integration:1.0.0", Builder: "buildkit",
		Started: sampleNow.Add(-14 * time.Second), Steps: sampleSteps(5, false),
	}
	return sn
}

// sampleBuildFailed is after a build that failed.
func sampleBuildFailed() studio.Snapshot {
	sn := sampleBuilding()
	sn.Build.Phase, sn.Build.Took, sn.Build.Steps = studio.PhaseFailed, 9*time.Second, sampleSteps(5, true)
	sn.Build.Problem = &studio.Problem{
		Title:  "building netstacks-plugin-monitoring-integration:1.0.0: service/Dockerfile line 9: RUN pip install --no-cache-dir -r requirements.txt: exit code 1",
		Hint:   "pip found no version of fastapi==9.9.9: correct it in service/requirements.txt.",
		Detail: []string{"Collecting fastapi==9.9.9", "ERROR: Could not find a version that satisfies the requirement fastapi==9.9.9", "ERROR: No matching distribution found for fastapi==9.9.9"},
	}
	sn.Recent = append([]studio.Note{{At: sampleNow.Add(-5 * time.Second), Text: "the build failed", Kind: "broken"}}, sn.Recent...)
	return sn
}

func sampleRows(n int) *panel.Table {
	t := &panel.Table{Columns: []manifest.Column{{Key: "name", Label: "Name"}, {Key: "enabled", Label: "Enabled"}}, Status: 200, Bytes: 2134, Took: 34 * time.Millisecond}
	for i := range n {
		name := fmt.Sprintf("core-sw-%d", i+1)
		t.Rows = append(t.Rows, panel.Row{
			ID: fmt.Sprintf("id-%d", i), Cells: []string{name, "true"},
			Raw: json.RawMessage(fmt.Sprintf(`{"id":"id-%d","name":%q,"enabled":true}`, i, name)),
		})
	}
	return t
}

// sampleRunning is a plugin that runs well and was packaged once.
func sampleRunning() studio.Snapshot {
	sn := sampleFresh()
	sn.Build = studio.BuildState{
		Phase: studio.PhaseDone, Image: "netstacks-plugin-monitoring-integration:1.0.0", ImageID: "sha256:aa", Size: 96889405, Builder: "buildkit",
		Started: sampleNow.Add(-3 * time.Minute), Took: 21 * time.Second, Steps: sampleSteps(99, false),
	}
	stats := make([]studio.Stats, 60)
	for i := range stats {
		stats[i] = studio.Stats{At: sampleNow.Add(time.Duration(i-60) * time.Second), CPUPercent: float64(i*7%13) * 1.5, MemoryBytes: int64(40+i/3) << 20, MemoryLimit: 256 << 20}
	}
	sn.Run = studio.RunState{
		Phase: studio.PhaseDone, Container: "netstacks-plugin-monitoring-integration", Health: studio.HealthHealthy, Started: sampleNow.Add(-134 * time.Second),
		HealthyAfter: 3200 * time.Millisecond, Controller: "https://127.0.0.1:3000",
		Orgs:     []studio.Org{{ID: "11111111-1111-4111-8111-111111111111", Slug: "acme", Name: "Acme"}, {ID: "22222222-2222-4222-8222-222222222222", Slug: "globex", Name: "Globex"}},
		Database: "plugin_monitoring_integration", Migrations: []string{"001_initial_schema.sql"}, Stats: stats[59], StatsHistory: stats,
	}
	sn.Panels[0].Table, sn.Panels[0].At, sn.Panels[0].Next, sn.Panels[0].Took = sampleRows(12), sampleNow.Add(-4*time.Second), sampleNow.Add(26*time.Second), 34*time.Millisecond
	sn.Package = studio.PackageState{
		Phase: studio.PhaseDone, Path: sn.Dir + "/monitoring-integration-1.0.0.nspkg", Files: 12, TotalSize: 18934, PackageSize: 7421,
		SHA256: "9f2c4c1b7f6d1f3b3c0f6a3f3a0d8d7ab1a1f0b6d5d1a5a3c2c9b8e7f6a541aa", At: sampleNow.Add(-30 * time.Second), Stale: true,
	}
	for i, path := range []string{
		".gitignore", "manifest.json", "migrations/001_initial_schema.sql", "service/.dockerignore", "service/Dockerfile", "service/database.py", "service/main.py",
		"service/models.py", "service/requirements.txt", "service/routes/__init__.py", "service/routes/admin.py", "service/sdk.py",
	} {
		sn.Package.Entries = append(sn.Package.Entries, studio.Entry{Path: path, Size: int64(i*i*61 + 40)})
	}
	sn.Plan = samplePlan(sn.Package.Entries)
	sn.Recent = []studio.Note{
		{At: sampleNow.Add(-6 * time.Second), Text: "service/routes/admin.py changed", Kind: "plain"},
		{At: sampleNow.Add(-30 * time.Second), Text: "packaged monitoring-integration-1.0.0.nspkg", Kind: "good"},
		{At: sampleNow.Add(-131 * time.Second), Text: "health became healthy after 3.2 s", Kind: "good"},
	}
	return sn
}

// samplePlan is what goes in and stays out, and why.
func samplePlan(entries []studio.Entry) studio.PackagePlan {
	p := studio.PackagePlan{Phase: studio.PhaseDone, At: sampleNow.Add(-5 * time.Second), Warnings: []string{
		`"service/sdk.py" goes into the package, but git ignores it (service/.gitignore:2: /sdk.py); write /service/sdk.py into .nspkgignore to leave it out, or !/service/sdk.py to say that it belongs there`,
	}}
	for _, e := range entries {
		p.Entries = append(p.Entries, studio.PlannedFile{Path: e.Path, Size: e.Size, CompressedSize: e.Size / 3, Why: "no rule keeps it out"})
		p.TotalSize, p.CompressedSize = p.TotalSize+e.Size, p.CompressedSize+e.Size/3
	}
	p.Excluded = []studio.PlannedFile{{Path: ".env", Why: "always (secrets): .env"}, {Path: "dev/", Why: ".nspkgignore line 2: dev/"}, {Path: "service/__pycache__/", Why: "always (development cruft): __pycache__"}}
	return p
}

// sampleBroken is a manifest with findings, and a plugin that exited.
func sampleBroken() studio.Snapshot {
	sn := sampleRunning()
	r := &sn.Manifest.Report
	r.OK, r.Score.Passed = false, 7
	r.Checks = sampleChecks("Port in valid range")
	r.Findings = []manifest.Finding{
		{
			Rule: "NSP2017", Severity: manifest.SeverityError, Message: "port is 80, the Controller takes 1024 to 65535", File: "manifest.json", Line: 8, Column: 11,
			Pointer: "/port", Found: "80", Allowed: "a whole number from 1024 to 65535", Fixes: []manifest.Fix{},
		},
		{
			Rule: "NSP3011", Severity: manifest.SeverityWarning, Message: "index_knowledge unlocks nothing: no endpoint checks it; create_knowledge_document is the one that does",
			File: "manifest.json", Line: 11, Column: 5, Pointer: "/capabilities_required/1", Found: `"index_knowledge"`, Fixes: []manifest.Fix{},
		},
	}
	sn.Plan.Blocked = []studio.PlannedFile{
		{Path: "service/main.py", Why: "line 12: a GitHub token (github-token) ghp_••••••••; revoke it at GitHub, or let it in: [[package.allow-secret]] in netstacks.toml"},
	}
	sn.Run.Exit = &studio.Exit{Code: 1, Reason: "exit code 1: the process reported an error", At: sampleNow.Add(-8 * time.Second)}
	sn.Panels[0].Table, sn.Panels[0].Err, sn.Panels[0].Next = nil, "Request failed with status code 500", time.Time{}
	sn.Recent = append([]studio.Note{{At: sampleNow.Add(-8 * time.Second), Text: "the plugin exited with code 1", Kind: "broken"}}, sn.Recent...)
	return sn
}
