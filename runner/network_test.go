package runner

import (
	"context"
	"sync"
	"testing"

	"github.com/docker/docker/api/types/network"
)

// TestSessionsThatStartAtTheSameMomentAgreeOnOneNetwork: the engine lets two
// networks of one name through when they are created at once, and then finds
// the name ambiguous.
func TestSessionsThatStartAtTheSameMomentAgreeOnOneNetwork(t *testing.T) {
	t.Parallel()
	r := newRig(t, "serve")
	ctx := context.Background()
	for range 3 {
		var started sync.WaitGroup
		sessions := make([]*session, 6)
		for i := range sessions {
			sessions[i] = &session{o: r.o, api: r.eng.API, owner: self(), events: &reporter{}}
			started.Go(func() {
				if err := sessions[i].ensureNetwork(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		started.Wait()
		// A duplicate may come to light after the first looked: whoever meets it
		// puts it in order, which is what onNetwork does.
		if err := sessions[0].ensureNetwork(ctx); err != nil {
			t.Error(err)
		}
		same, err := sessions[0].namesakes(ctx)
		if err != nil || len(same) != 1 {
			t.Errorf("%d networks are called %s, %v", len(same), r.o.Network, err)
		}
		for _, n := range same {
			if _, err := r.eng.API.NetworkInspect(ctx, n.Name, network.InspectOptions{}); err != nil {
				t.Error(err)
			}
			if _, err := removeNetworkIfUnused(ctx, r.eng, n.ID); err != nil {
				t.Error(err)
			}
		}
	}
}
