package manifest

import (
	"testing"
	"testing/fstest"
	"time"
	"unicode"
)

// FuzzMigration holds what is said of any migration to its promises: places
// within the file, words fit to print, fixes that can be made.
func FuzzMigration(f *testing.F) {
	for _, sql := range cleanMigrations {
		f.Add(sql)
	}
	for _, d := range append(migrationDeviations, moreMigrationDeviations...) {
		if sql := d.files[initialSQL]; sql != gone && len(sql) < 10_000 {
			f.Add(sql)
		}
	}
	f.Fuzz(func(t *testing.T, sql string) {
		fsys := plugin(`{"name": "notice", "migrations_dir": "migrations"}`)
		fsys[initialSQL] = &fstest.MapFile{Data: []byte(sql)}
		r := Check(fsys, Options{})
		for _, finding := range r.Findings {
			if finding.File == FileName {
				continue
			}
			if finding.File != initialSQL || finding.Line > 0 && (finding.Column < 1 || finding.EndLine < finding.Line) || finding.Message == "" {
				t.Fatalf("%q: %+v", sql, finding)
			}
			for _, c := range finding.Message + finding.Found {
				if !unicode.IsPrint(c) {
					t.Fatalf("%q: %q in %+v", sql, c, finding)
				}
			}
			for _, fix := range finding.Fixes {
				after, err := ApplyEdits([]byte(sql), fix.Edits)
				if err != nil || string(after) == sql {
					t.Fatalf("%q: the fix %+v gives %q, %v", sql, fix, after, err)
				}
			}
		}
		if once := Repair(fsys, Options{}, true); len(once.Changes) > 0 {
			fsys[initialSQL] = &fstest.MapFile{Data: once.Changes[len(once.Changes)-1].After}
			if twice := Repair(fsys, Options{}, true); len(twice.Changes) > 0 && once.Changes[0].File == initialSQL {
				t.Fatalf("%q: a second repair makes %+v", sql, twice.Applied)
			}
		}
	})
}

// Hostile SQL costs no more than some times what ordinary SQL of the same size
// costs, with the fixes that are tried. What grows with the square of the size
// costs thousands of times as much, on a busy machine, too.
func TestHostileMigrationsStayCheap(t *testing.T) {
	if underRace {
		t.Skip("how long something takes says nothing under the race detector")
	}
	const size, times, attempts = 1 << 17, 500, 5
	cost := func(sql string) (time.Duration, Report) {
		fsys := withMigration(t, sql)
		start := time.Now()
		r := Check(fsys, Options{})
		return time.Since(start), r
	}
	for name, sql := range hostileSQL(size) {
		for attempt := 1; ; attempt++ {
			ordinary, _ := cost(ordinarySQL(size))
			took, r := cost(sql)
			if len(r.Findings) > maxFindings+1 {
				t.Fatalf("%s: %d findings", name, len(r.Findings))
			}
			if took <= times*ordinary {
				break
			}
			if attempt == attempts {
				t.Errorf("%s: %s, where ordinary SQL takes %s", name, took, ordinary)
				break
			}
		}
	}
}
