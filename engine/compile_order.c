/* compile_order.c - whether it matters when an event comes: a function of the program, made once.
 *
 * What an event teaches and counts for can mostly be put in its place whenever it comes: the newest
 * fact wins by time, windows and sums do not care. It cannot be where something looks at what was
 * known at the time of an event: a `where` or points that read facts, a limit on points whose past
 * has been let go of. An event that reads so, or changes what another one reads, must be observed
 * in order; when it is late the account is built anew (history.h). */
#include <string.h>

#include "engine/compile.h"

static bool is_limited(const tr_compile *c, const tr_event_def *event) {
  for (uint32_t i = 0; i < c->program->limit_count; i++) {
    if (tr_compile_is_limited(c, event, &c->program->limits[i])) return true;
  }
  return false;
}

/* Of what a contact fires that is one too many. */
static bool fires_over(const tr_compile *c, const tr_event_def *event, uint32_t signal) {
  bool behind = signal == c->program->over_limit;
  for (uint32_t i = 0; i < c->program->over_firing_count; i++)
    behind |= c->program->over_firings[i].signal == signal;
  return behind && is_limited(c, event);
}

static bool fires(const tr_compile *c, uint32_t event, uint32_t signal) {
  const tr_event_def *def = &c->program->events[event];
  if (signal == TR_NONE) return false;
  if (signal == def->contacts || fires_over(c, def, signal)) return true;
  if (signal == c->program->signal_count + event) return true;
  if (signal == c->program->activity) return def->cause == CAUSE_BUYER;
  for (uint32_t i = 0; i < def->firing_count; i++) {
    if (def->firings[i].signal == signal) return true;
  }
  return false;
}

/* What is looked at when this event is observed. */
static void add_reads(const tr_compile *c, uint32_t event, tr_bits reads) {
  const tr_event_def *def = &c->program->events[event];
  uint32_t words = c->program->input_words;
  tr_bits_add(reads, def->reads, words);
  if (def->cause == CAUSE_BUYER) tr_bits_add(reads, c->program->evidence_reads, words);
  for (uint32_t i = 0; i < c->program->limit_count; i++) {
    const tr_limit_def *limit = &c->program->limits[i];
    if (tr_compile_is_limited(c, def, limit)) tr_bits_add(reads, limit->inputs, words);
  }
  for (uint32_t s = 0; s < c->symbols->tree->scores.count; s++) {
    for (uint32_t r = 0; r < c->scores[s].rule_count; r++) {
      const tr_point_rule *rule = &c->scores[s].rules[r];
      if (fires(c, event, rule->signal)) tr_bits_add(reads, rule->reads, words);
    }
  }
}

/* A condition among the evidence is judged at every event of the buyer. */
static bool moves_phase(const tr_compile *c, uint32_t event) {
  const treaty_program *program = c->program;
  if (program->events[event].cause != CAUSE_BUYER) return false;
  for (uint32_t i = 0; i < program->evidence_count; i++) {
    uint32_t signal = program->evidence[i].signal;
    if (signal == TR_NONE || fires(c, event, signal)) return true;
  }
  return false;
}

/* What may change when it is observed. */
static void add_changes(const tr_compile *c, uint32_t event, tr_bits changes) {
  const tr_event_def *def = &c->program->events[event];
  for (uint32_t i = 0; i < def->learn_count; i++) {
    for (uint32_t k = 0; k < def->learns[i].action_count; k++) {
      const tr_learn_action *action = &def->learns[i].actions[k];
      tr_bits_set(changes, c->program->entities[action->entity].fields[action->field].input);
    }
  }
  if (moves_phase(c, event)) tr_bits_set(changes, c->program->phase_input);
  for (uint32_t i = 0; i < def->fixing_count; i++) {
    const tr_learn_action *action = def->fixings[i].actions;
    tr_bits_set(changes, c->program->entities[action->entity].fields[action->field].input);
  }
  for (uint32_t i = 0; i < c->windows.count; i++) {
    if (fires(c, event, c->windows.items[i].signal))
      tr_bits_set(changes, c->windows.items[i].input);
  }
  for (uint32_t i = 0; i < c->measures.count; i++) {
    if (fires(c, event, c->measures.items[i].signal))
      tr_bits_set(changes, c->measures.items[i].input);
  }
  for (uint32_t s = 0; s < c->symbols->tree->scores.count; s++) {
    for (uint32_t r = 0; r < c->scores[s].rule_count; r++) {
      if (fires(c, event, c->scores[s].rules[r].signal)) tr_bits_set(changes, c->scores[s].input);
    }
  }
}

/* Points with a limit, or that can be reset, are kept for the horizon and counted anew in it. */
static bool has_limits(const tr_compile *c, uint32_t event) {
  for (uint32_t s = 0; s < c->symbols->tree->scores.count; s++) {
    for (uint32_t r = 0; r < c->scores[s].rule_count; r++) {
      const tr_point_rule *rule = &c->scores[s].rules[r];
      if ((rule->cell != TR_NONE || rule->reset) && fires(c, event, rule->signal)) return true;
    }
  }
  return false;
}

/* What an event takes off is cut at the floor that is reached by then. */
static bool meets_a_floor(const tr_compile *c, uint32_t event) {
  for (uint32_t s = 0; s < c->symbols->tree->scores.count; s++) {
    for (uint32_t r = 0; c->scores[s].floors && r < c->scores[s].rule_count; r++) {
      if (fires(c, event, c->scores[s].rules[r].signal)) return true;
    }
  }
  return false;
}

/* The silence of a lead begins when it is opened, of others with the first event that they have,
 * and so may a condition: then any may move it. What freezes a score matters before the first event
 * only where a reset may have left points. */
static bool moves_a_silence(const tr_compile *c, uint32_t event) {
  for (uint32_t i = 0; i < c->program->watch_count; i++) {
    const tr_watch *watch = &c->program->watches[i];
    bool of_lead = watch->entity == ENTITY_LEAD, silence = watch->other != TR_NONE;
    if (watch->freezes != TR_NONE && !c->program->resets_on_entering) continue;
    if (!of_lead || (silence && fires(c, event, watch->other))) return true;
  }
  return false;
}

/* What comes about by itself depends on what it looks at, at its instant; so do the points that it
 * adds. */
static void add_watched(const tr_compile *c, tr_bits reads) {
  uint32_t words = c->program->input_words;
  for (uint32_t i = 0; i < c->program->watch_count; i++) {
    tr_bits_add(reads, c->program->watches[i].inputs, words);
    tr_bits_add(reads, c->program->watches[i].reads, words);
  }
  for (uint32_t s = 0; c->program->watch_count && s < c->symbols->tree->scores.count; s++) {
    for (uint32_t r = 0; r < c->scores[s].rule_count; r++)
      tr_bits_add(reads, c->scores[s].rules[r].reads, words);
  }
}

static bool any(tr_bits bits, uint32_t words) {
  for (uint32_t i = 0; i < words; i++) {
    if (bits.words[i]) return true;
  }
  return false;
}

static bool meets(tr_bits a, tr_bits b, uint32_t words) {
  for (uint32_t i = 0; i < words; i++) {
    if (a.words[i] & b.words[i]) return true;
  }
  return false;
}

/* Stages, and what promotions have kept. */
static bool reads_decisions(const tr_compile *c, tr_bits reads) {
  for (uint32_t i = 0; i < c->program->kept_count; i++) {
    if (tr_bits_has(reads, c->program->kept[i].input)) return true;
  }
  return tr_bits_has(reads, c->program->stage_input);
}

void tr_compile_order(tr_compile *c) {
  uint32_t words = c->program->input_words;
  tr_bits all_reads = tr_bits_new(c->arena, words + 1);
  tr_bits reads = tr_bits_new(c->arena, words + 1), changes = tr_bits_new(c->arena, words + 1);
  for (uint32_t e = 0; e < c->program->event_count; e++) add_reads(c, e, all_reads);
  add_watched(c, all_reads);
  c->program->observes_stages = reads_decisions(c, all_reads);
  c->program->keeps_stays |= c->program->observes_stages || c->program->watches_leads;
  for (uint32_t e = 0; e < c->program->event_count; e++) {
    tr_event_def *def = (tr_event_def *)&c->program->events[e];
    memset(reads.words, 0, sizeof(uint64_t) * words);
    memset(changes.words, 0, sizeof(uint64_t) * words);
    add_reads(c, e, reads);
    add_changes(c, e, changes);
    if (any(reads, words) || meets(changes, all_reads, words) || moves_a_silence(c, e) ||
        meets_a_floor(c, e))
      def->order = ORDER_MATTERS;
    else if (has_limits(c, e))
      def->order = ORDER_MATTERS_LATE;
  }
}
