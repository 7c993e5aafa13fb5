package image

import (
	"errors"
	"strings"
	"testing"

	solver "github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
)

const twoStages = `# syntax=docker/dockerfile:1
ARG VERSION=1
FROM python:3.12-slim AS base
ENV A=1
WORKDIR /app
RUN echo one \
  && echo two
FROM node:22-slim
COPY a b
RUN echo "$A"
RUN exit 1
RUN exit 1
`

func TestFailureIsPlaced(t *testing.T) {
	attached := (&solver.Source{
		Info:   &pb.SourceInfo{Filename: "Dockerfile"},
		Ranges: []*pb.Range{{Start: &pb.Position{Line: 7}, End: &pb.Position{Line: 7}}},
	}).WrapError(errors.New("boom"))

	for _, tc := range []struct {
		name        string
		err         error
		id, step    string
		line        int
		instruction string
	}{
		{"place attached by the engine", attached, "", "", 6, "RUN echo one && echo two"},
		{"line in the message", errors.New("dockerfile parse error line 9: unknown instruction: COPPY"), "", "", 9, "COPY a b"},
		{"line in the classic builder's message", errors.New("dockerfile parse error on line 4: x"), "", "", 4, "ENV A=1"},
		{"text of the step", nil, "sha256:1", "[stage-1 2/5] COPY a b", 9, "COPY a b"},
		{"text with arguments put in, by number", nil, "sha256:1", "[stage-1 3/5] RUN echo 1", 10, `RUN echo "$A"`},
		{"named stage", nil, "sha256:1", "[base 3/3] RUN something else", 6, "RUN echo one && echo two"},
		{"same text twice, by number", nil, "sha256:1", "[stage-1 5/5] RUN exit 1", 12, "RUN exit 1"},
		{"number that does not fit", nil, "sha256:1", "[stage-1 2/5] RUN other", 0, "RUN other"},
		{"classic builder counts the whole file", nil, "step 10", "[10/10] RUN exit 1", 12, "RUN exit 1"},
		{"podman counts by stage", nil, "step 2/2 5", "[2/2 5/5] RUN exit 1", 12, "RUN exit 1"},
		{"base image", nil, "sha256:1", "[internal] load metadata for docker.io/library/node:22-slim", 8, "FROM node:22-slim"},
		{"base image from an argument", nil, "sha256:1", "[internal] load metadata for docker.io/library/x:1", 0, "FROM docker.io/library/x:1"},
		{"syntax line", nil, "sha256:1", "resolve image config for docker.io/docker/dockerfile:1", 1, "# syntax=docker/dockerfile:1"},
		{"exporting", nil, "sha256:1", "exporting to image", 0, "exporting to image"},
		{"nothing known", nil, "", "", 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.err
			if err == nil {
				err = errors.New("boom")
			}
			var blamed *step
			if tc.step != "" {
				blamed = &step{id: tc.id, name: tc.step}
			}
			line, instruction := readDockerfile([]byte(twoStages)).find(err, blamed)
			if instruction == "" && blamed != nil {
				instruction = stepLabel().ReplaceAllString(blamed.name, "")
			}
			if line != tc.line || instruction != tc.instruction {
				t.Errorf("got %d %q, want %d %q", line, instruction, tc.line, tc.instruction)
			}
		})
	}
}

func TestUsualCausesAreNamed(t *testing.T) {
	for _, tc := range []struct{ name, instruction, said, log, want string }{
		{
			"registry not reachable", "FROM python:3.12-slim",
			`failed to do request: Head "https://registry.example/v2/library/python/manifests/3.12-slim": dial tcp: lookup registry.example: no such host`, "",
			"the base image python:3.12-slim is not on this engine and its registry cannot be reached",
		},
		{
			"registry not reachable, classic", "FROM --platform=linux/amd64 node AS x",
			`Get "https://registry.example/v2/": dial tcp: lookup registry.example on 1.1.1.1:53: no such host`, "",
			"the base image node is not on this engine",
		},
		{
			"no such image", "FROM nosuch:1", "pull access denied for nosuch, repository does not exist or may require 'docker login'", "",
			"the base image nosuch:1 does not exist in its registry, or needs a `docker login`",
		},
		{"rate limit", "FROM python", "toomanyrequests: You have reached your pull rate limit", "", "wants fewer requests"},
		{"pip version", "RUN pip install x", "exit code: 1", "ERROR: No matching distribution found for fastapi==99", "pip knows no fastapi==99 for this Python"},
		{
			"pip without names resolving", "RUN pip install x", "exit code: 1",
			"WARNING: Retrying: Temporary failure in name resolution\nERROR: No matching distribution found for fastapi", "a host name does not resolve",
		},
		{
			"pip without trust", "RUN pip install x", "exit code: 1",
			"SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'\nERROR: No matching distribution found for fastapi", "add your network's CA certificate",
		},
		{"missing source, old BuildKit", "COPY nope /x", `failed to compute cache key: "/nope" not found: not found`, "", "/nope is not in the build context"},
		{"missing source, new BuildKit", "COPY nope /x", `failed to calculate checksum of ref a::b: "/nope": not found`, "", "/nope is not in the build context"},
		{"missing source, classic", "COPY nope /x", "COPY failed: file not found in build context or excluded by .dockerignore: stat nope: file does not exist", "", "nope is not in the build context"},
		{"disk full", "RUN x", "write /a: no space left on device", "", "disk is full"},
		{"unknown instruction", "RUNN x", "dockerfile parse error line 2: unknown instruction: RUNN", "", "RUNN is not an instruction"},
		{"syntax", "COPY x", "dockerfile parse error line 2: COPY requires at least two arguments", "", "syntax error at this line"},
		{"syntax image", "# syntax=docker/dockerfile:1", "no such host", "", "remove the line"},
		{"command missing", "RUN curl x", "exit code: 127", "/bin/sh: 1: curl: not found", "not in the base image"},
		{"killed", "RUN x", "returned a non-zero code: 137", "", "out of memory"},
		{"apt", "RUN apt-get install x", "exit code: 100", "E: Unable to locate package nosuch", "apt knows no package nosuch"},
		{"nothing usual", "RUN false", "exit code: 1", "boom", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := &FailedError{Instruction: tc.instruction, Log: strings.Split(tc.log, "\n")}
			got := cause(f, errors.New(tc.said))
			if away := strings.HasPrefix(tc.name, "registry not reachable") || tc.name == "rate limit"; f.Unreachable != away {
				t.Errorf("the registry cannot be reached: %v, want %v", f.Unreachable, away)
			}
			if (tc.want == "") != (got == "") || !strings.Contains(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestFailureReadsAsOneLine(t *testing.T) {
	for _, tc := range []struct{ said, want string }{
		{"failed to solve: executor failed running [/bin/sh -c echo a; \n exit 3]: exit code: 3", "building the image failed at Dockerfile:3, RUN x: exit code 3"},
		{`failed to solve: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3`, "building the image failed at Dockerfile:3, RUN x: exit code 3"},
		{"The command '/bin/sh -c exit 3' returned a non-zero code: 3", "building the image failed at Dockerfile:3, RUN x: exit code 3"},
		{"failed to solve: failed to solve with frontend dockerfile.v0: failed to create LLB definition: boom\nbang", "building the image failed at Dockerfile:3, RUN x: boom bang"},
	} {
		err := &FailedError{File: "Dockerfile", Line: 3, Instruction: "RUN x", Err: errors.New(tc.said)}
		if err.Error() != tc.want {
			t.Errorf("got  %s\nwant %s", err, tc.want)
		}
	}
}
