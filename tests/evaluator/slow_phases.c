/* slow_phases.c - how far the buyer of a lead has come, by all evidence that there ever was. */
#include "slow_past.h"

static bool is_given(const asking *asking, const tr_phase *phase, const bool *fired) {
  for (uint32_t i = 0; i < phase->on.count; i++) {
    if (fired[trigger_of(asking->slow, phase->on.items[i].text)]) return true;
  }
  return phase->when && truth_of(slow_ask(asking, phase->when)) == TREATY_TRUE;
}

void slow_find_evidence(const asking *asking, const bool *fired) {
  const tr_phases *phases = asking->slow->symbols->phases;
  bool by_buyer = fired[activity(asking->slow)];
  if (!by_buyer || asking->view.lead == SLOW_NONE) return;
  for (uint32_t i = 0; phases && i < phases->list.count; i++) {
    if (!is_given(asking, &phases->list.items[i], fired)) continue;
    entry *evidence = slow_add_entry(asking->slow, asking->at, reach_of(asking->view));
    evidence->kind = EVIDENCE;
    evidence->what = i;
  }
}

/* The latest one of which there is evidence; without any the first. */
int slow_phase(const slow *slow, slow_view view) {
  int phase = 0;
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *at = &slow->entries[i];
    if (at->kind == EVIDENCE && concerns(ENTITY_LEAD, at->whose, view) && (int)at->what > phase)
      phase = (int)at->what;
  }
  return phase;
}

/* The first event that speaks for the phase or a later one must speak for the phase itself. */
bool slow_phase_is_observed(const slow *slow, int phase, slow_view view) {
  int first = SLOW_NONE;
  for (int i = 0; i < slow->entry_count; i++) {
    const entry *at = &slow->entries[i];
    if (at->kind != EVIDENCE || !concerns(ENTITY_LEAD, at->whose, view)) continue;
    if ((int)at->what < phase || (first != SLOW_NONE && at->number != first)) continue;
    if ((int)at->what == phase) return true;
    first = at->number;
  }
  return false;
}

slow_value slow_ask_phase(const asking *asking) {
  if (asking->view.lead == SLOW_NONE) return unknown;
  return known(slow_phase(asking->slow, asking->view));
}
