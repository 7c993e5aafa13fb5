package studio

import (
	"testing"
)

func TestSlowReaderLosesOnlyLossyEventsAndIsToldHowMany(t *testing.T) {
	b := newBroker()
	events, unsubscribe := b.subscribe(4)
	defer unsubscribe()
	for range 100 {
		b.publish(Event{Kind: KindLog})
	}
	for range 10 {
		b.publish(Event{Kind: KindRun})
	}
	b.close()
	logs, runs, dropped := 0, 0, uint64(0)
	last := uint64(0)
	for e := range events {
		if e.ID <= last {
			t.Errorf("event %d came after %d", e.ID, last)
		}
		last = e.ID
		dropped += e.Dropped
		switch e.Kind {
		case KindLog:
			logs++
		case KindRun:
			runs++
		}
	}
	if runs != 10 {
		t.Errorf("%d of 10 run events arrived", runs)
	}
	if logs+int(dropped) != 100 {
		t.Errorf("%d log lines arrived and %d were counted as dropped, want 100 together", logs, dropped)
	}
	if dropped == 0 {
		t.Error("nothing was dropped, so this test proves nothing")
	}
}

func TestSubscribingToAClosedSessionEndsAtOnce(t *testing.T) {
	b := newBroker()
	b.close()
	events, unsubscribe := b.subscribe(1)
	defer unsubscribe()
	if _, open := <-events; open {
		t.Error("the channel is open")
	}
}

func TestUnsubscribingWhileEventsComeEndsTheChannel(t *testing.T) {
	b := newBroker()
	events, unsubscribe := b.subscribe(1)
	b.publish(Event{Kind: KindRun})
	<-events
	unsubscribe()
	unsubscribe()
	b.publish(Event{Kind: KindRun})
	for range events {
		t.Log("an event that was under way")
	}
}
