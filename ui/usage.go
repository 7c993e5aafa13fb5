package ui

import (
	"fmt"
	"strconv"

	"github.com/netstacks/netstacks-plugin/studio"
	"github.com/netstacks/netstacks-plugin/ui/cell"
)

// cpuSeries returns the CPU history in percent of one core, and the limit in
// the same unit, which fills a sparkline's cell.
func cpuSeries(sn studio.Snapshot) ([]float64, float64) {
	values := make([]float64, len(sn.Run.StatsHistory))
	top := 0.0
	for i, s := range sn.Run.StatsHistory {
		values[i] = s.CPUPercent
		top = max(top, s.CPUPercent)
	}
	if limit := cpuLimit(sn); limit > 0 {
		return values, limit * 100
	}
	return values, max(top, 100)
}

// memorySeries returns the memory history in bytes, and the limit.
func memorySeries(sn studio.Snapshot) ([]float64, float64) {
	values := make([]float64, len(sn.Run.StatsHistory))
	top := 0.0
	for i, s := range sn.Run.StatsHistory {
		values[i] = float64(s.MemoryBytes)
		top = max(top, float64(s.MemoryBytes))
	}
	if limit := sn.Run.Stats.MemoryLimit; limit > 0 {
		return values, float64(limit)
	}
	return values, top
}

// cpuLimit is the manifest's limit in cores, 0 without one.
func cpuLimit(sn studio.Snapshot) float64 {
	if m := sn.Manifest.Good; m != nil && m.Resources != nil {
		return m.Resources.CPULimit
	}
	return 0
}

func cpuUse(sn studio.Snapshot) string {
	use := fmt.Sprintf("%.0f%%", sn.Run.Stats.CPUPercent)
	if limit := cpuLimit(sn); limit > 0 {
		return use + " of " + strconv.FormatFloat(limit, 'g', -1, 64) + " " + coreWord(limit)
	}
	return use + " of one core"
}

func coreWord(cores float64) string {
	if cores == 1 {
		return "core"
	}
	return "cores"
}

func memoryUse(sn studio.Snapshot) string {
	s := sn.Run.Stats
	if s.MemoryLimit <= 0 {
		return cell.Size(s.MemoryBytes)
	}
	return cell.Size(s.MemoryBytes) + " of " + cell.Size(s.MemoryLimit)
}
