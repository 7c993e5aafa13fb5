package nspkg

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// sees is an Inspector made of functions; either may be nil.
type sees struct {
	chunk   func(Chunk) error
	verdict func() error
}

func (s sees) Inspect(c Chunk) error {
	if s.chunk == nil {
		return nil
	}
	return s.chunk(c)
}

func (s sees) Verdict() error {
	if s.verdict == nil {
		return nil
	}
	return s.verdict()
}

// manyBlocks is the size of a file that takes more batches than there are: while
// its first block is inspected, its last one is not read.
func manyBlocks() int { return (2*runtime.GOMAXPROCS(0) + 8) * blockSize }

func TestFileThatChangesIsNoticed(t *testing.T) {
	type change func(name string) error
	write := func(data string) change {
		return func(name string) error { return os.WriteFile(name, []byte(data), 0o644) }
	}
	overwrite := func(at int64) change {
		return func(name string) error {
			file, err := os.OpenFile(name, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = file.WriteAt([]byte("changed"), at)
			return errors.Join(err, file.Close())
		}
	}
	replace := func(name string) error {
		data, err := os.ReadFile(name)
		other := name + ".other"
		return errors.Join(err, os.WriteFile(other, data, 0o644), os.Chtimes(other, time.Time{}, time.Unix(1e9, 0)), os.Rename(other, name))
	}
	size := manyBlocks()
	tests := []struct {
		name   string
		size   int
		change change
		during bool // the reading of the file; else between listing and reading
		want   string
	}{
		{"grew", 10, write("two lines\nby now\n"), false, "it changed while it was read (10 bytes, then 17); package again when nothing writes to it"},
		{"shrank", 10, write("short"), false, "(10 bytes, then 5)"},
		{"was overwritten", 10, overwrite(1), false, "it changed while it was read; package again"},
		{"was replaced by a file of the same size and time", 10, replace, false, "it changed while it was read; package again"},
		{"grew while it was read", size, func(name string) error { return os.Truncate(name, int64(size+1)) }, true, "bytes, then "},
		{"shrank while it was read", size, func(name string) error { return os.Truncate(name, int64(size-1)) }, true, "bytes, then "},
		{"was overwritten while it was read", size, overwrite(int64(size - 10)), true, "it changed while it was read; package again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := plant(t, map[string]string{"log": noise(tt.size)})
			name := filepath.Join(dir, "log")
			if err := os.Chtimes(name, time.Time{}, time.Unix(1e9, 0)); err != nil {
				t.Fatal(err)
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			listing, err := list(t.Context(), root)
			if err != nil {
				t.Fatal(err)
			}
			o := Options{}
			if tt.during {
				var once sync.Once
				o.Inspector = sees{chunk: func(Chunk) (err error) {
					once.Do(func() { err = tt.change(name) })
					return err
				}}
			} else if err := tt.change(name); err != nil {
				t.Fatal(err)
			}
			out, err := os.Create(filepath.Join(t.TempDir(), "out"))
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			_, err = writeArchive(t.Context(), root, out, listing, o)
			if err == nil || !strings.Contains(err.Error(), `packing "log": it changed while it was read`) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// cancelled is a context that is cancelled at the nth look at it.
type cancelled struct {
	context.Context
	looks atomic.Int64
}

func (c *cancelled) Err() error {
	if c.looks.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

func TestCancelledAnywhereLeavesThePreviousArchive(t *testing.T) {
	dir := plant(t, plugin)
	output := filepath.Join(t.TempDir(), "out.nspkg")
	for looks := int64(0); ; looks++ {
		if err := os.WriteFile(output, []byte("previous"), 0o644); err != nil {
			t.Fatal(err)
		}
		ctx := &cancelled{Context: t.Context()}
		ctx.looks.Store(looks)
		_, err := Write(ctx, Options{Dir: dir, Output: output})
		if err == nil {
			if looks < int64(len(plugin)) {
				t.Errorf("the context was looked at %d times only, for %d files", looks, len(plugin))
			}
			return
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("after %d looks: error %v, want context.Canceled", looks, err)
		}
		untouched(t, output)
	}
}

func TestCancellationInTheMiddleOfALargeFileEndsAtOnce(t *testing.T) {
	size := manyBlocks()
	dir := plant(t, map[string]string{"manifest.json": "{}", "large": noise(size)})
	output := filepath.Join(t.TempDir(), "out.nspkg")
	if err := os.WriteFile(output, []byte("previous"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var after atomic.Int64 // bytes that were inspected nevertheless
	_, err := Write(ctx, Options{Dir: dir, Output: output, Inspector: sees{chunk: func(c Chunk) error {
		if c.Entry.Path == "large" {
			cancel()
			after.Add(int64(len(c.Data)))
		}
		return nil
	}}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if after.Load() > int64(size)/2 {
		t.Errorf("%d of %d bytes were worked on after the context was cancelled", after.Load(), size)
	}
	untouched(t, output)
}

func TestInspectorSeesEveryByteOfEveryFile(t *testing.T) {
	files := map[string]string{
		"manifest.json": "{}", "empty": "", "one block": noise(blockSize), "and a byte": noise(blockSize + 1),
		"large": source(5*blockSize+17, 3), "small": "s",
	}
	dir := plant(t, files)
	var mu sync.Mutex
	chunks := map[string][]Chunk{}
	verdicts := 0
	_, err := Write(t.Context(), Options{Dir: dir, Output: filepath.Join(t.TempDir(), "out.nspkg"), Inspector: sees{
		chunk: func(c Chunk) error {
			mu.Lock()
			defer mu.Unlock()
			c.Data = bytes.Clone(c.Data)
			chunks[c.Entry.Path] = append(chunks[c.Entry.Path], c)
			return nil
		},
		verdict: func() error { verdicts++; return nil },
	}})
	if err != nil || verdicts != 1 {
		t.Fatalf("error %v, %d verdicts", err, verdicts)
	}
	for name, content := range files {
		seen := chunks[name]
		slices.SortFunc(seen, func(a, b Chunk) int { return int(a.Offset - b.Offset) })
		var whole []byte
		for i, c := range seen {
			if overlap := string(whole[len(whole)-c.Seen:]); overlap != string(c.Data[:c.Seen]) || int64(len(whole)-c.Seen) != c.Offset {
				t.Errorf("%s: chunk %d does not go on where the one before ended", name, i)
			}
			if i > 0 && c.Seen != windowSize {
				t.Errorf("%s: chunk %d shows %d bytes of the one before", name, i, c.Seen)
			}
			if c.Last != (i == len(seen)-1) {
				t.Errorf("%s: chunk %d of %d: last is %v", name, i, len(seen), c.Last)
			}
			whole = append(whole, c.Data[c.Seen:]...)
		}
		if string(whole) != content || len(seen) == 0 {
			t.Errorf("%s: %d chunks hold %d bytes, which are not the file's %d", name, len(seen), len(whole), len(content))
		}
	}
}

func TestRefusedPackageLeavesNoFolder(t *testing.T) {
	refused := errors.New("refused")
	for name, o := range map[string]Options{
		"by what was listed": {Listed: func(Listing) error { return refused }},
		"by the inspector":   {Inspector: sees{verdict: func() error { return refused }}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			o.Dir, o.Output = plant(t, plugin), filepath.Join(folder, "new", "dist", "out.nspkg")
			if _, err := Write(t.Context(), o); err != refused {
				t.Errorf("error %v, want it as it is", err)
			}
			if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
				t.Errorf("%v are there, %v", entries, err)
			}
		})
	}
}

func TestInspectorsErrorLeavesThePreviousArchive(t *testing.T) {
	found := errors.New("a secret")
	tests := map[string]sees{
		`inspecting "service/main.py": a secret`: {chunk: func(c Chunk) error {
			if c.Entry.Path == "service/main.py" {
				return found
			}
			return nil
		}},
		"a secret": {verdict: func() error { return found }},
	}
	for want, inspector := range tests {
		t.Run(want, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), "out.nspkg")
			if err := os.WriteFile(output, []byte("previous"), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Write(t.Context(), Options{Dir: plant(t, plugin), Output: output, Inspector: inspector})
			if !errors.Is(err, found) || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("error %v, want %s", err, want)
			}
			untouched(t, output)
		})
	}
}

func TestProgressFollowsTheArchive(t *testing.T) {
	files := map[string]string{"manifest.json": "{}", "a": noise(3 * blockSize), "b": "", "c": "text"}
	var names []string
	var last, total int64
	summary, err := Write(t.Context(), Options{
		Dir: plant(t, files), Output: filepath.Join(t.TempDir(), "out.nspkg"),
		Progress: func(e Entry, done, of int64) {
			if done < last {
				t.Errorf("%s: %d bytes done, %d before", e.Path, done, last)
			}
			names, last, total = append(names, e.Path), done, of
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"manifest.json", "a", "a", "a", "b", "c"}; !slices.Equal(names, want) {
		t.Errorf("progress of %q, want %q", names, want)
	}
	if last != summary.TotalSize || total != summary.TotalSize {
		t.Errorf("%d of %d bytes done at the end, want %d", last, total, summary.TotalSize)
	}
}
