package runner

import (
	"context"
	"encoding/json"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

// followStats reports what the container uses, once a second on Docker and
// every five on Podman, until ctx ends.
func followStats(ctx context.Context, api client.APIClient, id string, emit func(Stats)) {
	for retry := (backoff{}); ctx.Err() == nil; retry.wait(ctx) {
		if err := readStats(ctx, api, id, emit); isNotFound(err) {
			return
		}
		if ended, known := hasEnded(ctx, api, id); known && ended {
			return
		}
	}
}

func readStats(ctx context.Context, api client.APIClient, id string, emit func(Stats)) error {
	stream, err := api.ContainerStats(ctx, id, true)
	if err != nil {
		return err
	}
	defer func() { _ = stream.Body.Close() }()
	for d := json.NewDecoder(stream.Body); ; {
		var sample container.StatsResponse
		if err := d.Decode(&sample); err != nil {
			return err
		}
		// A container without a process yields empty samples.
		if sample.MemoryStats.Usage > 0 {
			emit(statsOf(&sample))
		}
	}
}

// statsOf computes what "docker stats" shows. Memory is without the page cache
// that the kernel can take back at once, whose key differs between the two
// versions of cgroups; Podman tells neither. The first sample of a stream has
// no predecessor, hence no CPU share.
func statsOf(s *container.StatsResponse) Stats {
	memory := s.MemoryStats.Usage
	cache, ok := s.MemoryStats.Stats["total_inactive_file"]
	if !ok {
		cache = s.MemoryStats.Stats["inactive_file"]
	}
	if cache < memory {
		memory -= cache
	}
	result := Stats{
		At:          s.Read,
		MemoryBytes: int64(memory),
		MemoryLimit: int64(s.MemoryStats.Limit),
		Throttled:   s.CPUStats.ThrottlingData.ThrottledPeriods,
	}
	used := float64(s.CPUStats.CPUUsage.TotalUsage) - float64(s.PreCPUStats.CPUUsage.TotalUsage)
	system := float64(s.CPUStats.SystemUsage) - float64(s.PreCPUStats.SystemUsage)
	if s.PreCPUStats.SystemUsage > 0 && used > 0 && system > 0 {
		cpus := s.CPUStats.OnlineCPUs
		if cpus == 0 {
			cpus = uint32(len(s.CPUStats.CPUUsage.PercpuUsage))
		}
		result.CPUPercent = used / system * float64(cpus) * 100
	}
	return result
}
