/* way.c - the nearest way from where a lead stands to a stage: on which clauses it lies, and what
 * is missing for each.
 *
 *     inquiry --promote: 1 missing--> MQL --hand, accepted: 1 event--> SAL --...--> SQL
 *        '------move: after 90 days-----> nurture --on demo_request--------^
 *
 * A clause costs what is missing of its condition as things are now, and one for the event or the
 * time that it waits for. Of ways on which as much is missing the shorter is nearer, of those the
 * one whose clauses stand further up. */
#include <string.h>

#include "engine/explain.h"
#include "engine/limits.h"
#include "grammar/civil.h"

#define FAR SIZE_MAX

typedef struct edge {
  uint32_t clause;
  const tr_power_def *power; /* what somebody decides; NULL: the clause acts */
  uint32_t from, to;
  const char *by; /* what it waits for, or NULL */
  const tr_clause_def *behind;
  size_t missing;
} edge;

typedef TR_LIST(edge) edges;

/* What a search works on; all of it lives in the step's arena. */
typedef struct search {
  treaty_engine *engine;
  tr_view view;
  const tr_agreement_def *agreement;
  edges edges;
  size_t *costs;         /* by stage: of the nearest way found so far */
  const edge **arrivals; /* by stage: the last edge of that */
} search;

/* ---- Edges ----------------------------------------------------------------------------------- */

static void add_edge(search *search, edge edge) {
  TR_PUSH(&search->engine->step, &search->edges, edge);
}

static void add_returns(search *search, edge edge, const tr_clause_def *clause) {
  for (uint32_t i = 0; i < clause->terms.step_count; i++) {
    if (clause->terms.steps[i].kind != STEP_RETURN) continue;
    edge.to = clause->terms.steps[i].stage;
    add_edge(search, edge);
  }
}

static const char *duration(search *search, int64_t ms, const char *of_what) {
  char text[TR_DURATION_TEXT_BYTES];
  tr_format_duration(ms, text);
  return tr_arena_print(&search->engine->step, "%s %s", text, of_what);
}

/* What was rejected for a while goes on from where it was rejected to. */
static void add_way_back(search *search, edge edge, const tr_clause_def *clause) {
  edge.from = clause->rejected_to;
  edge.to = clause->recycle_to;
  edge.by = duration(search, clause->recycle_ms, "after a rejection");
  edge.behind = NULL;
  edge.missing = 1;
  add_edge(search, edge);
}

/* What is owed and not done may lead back. */
static void add_duty(search *search, edge edge, const tr_clause_def *clause) {
  edge.by = tr_arena_print(&search->engine->step, "no %s in time", clause->duty->name);
  edge.missing++;
  add_returns(search, edge, clause);
}

/* A hand-over leads on by its answer, and back by what a step of the deadline says. */
static void add_hand(search *search, edge edge, const tr_clause_def *clause) {
  const treaty_program *program = search->engine->program;
  size_t missing = edge.missing;
  edge.to = clause->accepted_to;
  edge.by = clause->at_once ? NULL : tr_trigger_name(program, clause->accepted_by);
  edge.missing += !clause->at_once;
  add_edge(search, edge);
  if (clause->at_once) return;
  edge.missing = missing + 1;
  if (clause->rejected_by != TR_NONE) {
    edge.to = clause->rejected_to;
    edge.by = tr_trigger_name(program, clause->rejected_by);
    add_edge(search, edge);
  }
  edge.by = "no answer in time";
  add_returns(search, edge, clause);
  if (clause->recycle_to != TR_NONE) add_way_back(search, edge, clause);
}

static void add_move(search *search, edge edge, const tr_clause_def *clause) {
  edge.to = clause->to;
  if (clause->trigger == TRIGGER_ON) edge.by = clause->awaits;
  if (clause->trigger == TRIGGER_AFTER) edge.by = duration(search, clause->after_ms, "there");
  edge.missing += edge.by != NULL;
  add_edge(search, edge);
}

/* What only says something, or names who has the lead, leads nowhere. */
static bool leads_on(const tr_clause_def *clause) {
  return clause->act == ACT_MOVE || clause->act == ACT_OFFER || clause->act == ACT_OWE;
}

/* Hand-overs of a stage are looked at in the order of the file: one whose condition is not false
 * keeps those below it from acting. */
static void add_edges_of(search *search, uint32_t stage) {
  const tr_lead *lead = search->view.lead;
  const tr_stage_clauses *clauses = &search->agreement->by_stage[stage];
  const tr_clause_def *blocker = NULL;
  bool offered = lead->offer && stage == lead->stage;
  for (uint32_t i = 0; i < clauses->count; i++) {
    uint32_t index = clauses->clauses[i];
    const tr_clause_def *clause = &search->agreement->clauses[index];
    if (!leads_on(clause)) continue;
    treaty_outlook shown = tr_show_clause(search->engine, search->view, search->agreement, index);
    edge edge = {.clause = index,
                 .from = stage,
                 .missing = treaty_condition_missing(&shown.condition, NULL)};
    if (clause->act == ACT_MOVE) {
      add_move(search, edge, clause);
    } else if (clause->act == ACT_OWE) {
      add_duty(search, edge, clause);
    } else if (offered) {
      edge.missing = 0; /* the offer stands, whatever has become of its condition */
      if (lead->offer->clause == index) add_hand(search, edge, clause);
    } else {
      edge.behind = blocker;
      edge.missing += blocker != NULL;
      add_hand(search, edge, clause);
      if (!blocker && shown.condition.truth != TREATY_FALSE) blocker = clause;
    }
  }
}

/* What people may decide leads on, too, where its condition holds. */
static void add_powers(search *search) {
  const treaty_program *program = search->engine->program;
  for (uint32_t i = 0; i < search->agreement->power_count; i++) {
    const tr_power_def *power = &search->agreement->powers[i];
    if (!tr_power_moves(power->kind)) continue;
    treaty_outlook shown = tr_show_power(search->engine, search->view, power);
    edge edge = {.power = power,
                 .to = power->act.to,
                 .by = tr_arena_print(&search->engine->step, "lead.moved by %s",
                                      program->parties[power->party]),
                 .missing = treaty_condition_missing(&shown.condition, NULL) + 1};
    for (uint32_t s = 0; s < power->from_count; s++) {
      edge.from = power->from[s];
      add_edge(search, edge);
    }
  }
}

/* ---- The way --------------------------------------------------------------------------------- */

/* What is missing counts before the number of steps, of which there are fewer than stages. */
static size_t cost_of(const edge *edge) { return edge->missing * (TR_STAGES_MAX + 1) + 1; }

static void find_ways(search *search) {
  bool nearer = true;
  while (nearer) {
    nearer = false;
    for (size_t i = 0; i < search->edges.count; i++) {
      const edge *edge = &search->edges.items[i];
      if (search->costs[edge->from] == FAR) continue;
      size_t cost = search->costs[edge->from] + cost_of(edge);
      if (cost >= search->costs[edge->to]) continue;
      search->costs[edge->to] = cost;
      search->arrivals[edge->to] = edge;
      nearer = true;
    }
  }
}

static search search_from(treaty_engine *engine, tr_view view, const tr_agreement_def *agreement) {
  uint32_t stages = engine->program->stage_count;
  search search = {.engine = engine, .view = view, .agreement = agreement};
  search.costs = TR_NEW_ARRAY(&engine->step, size_t, stages);
  search.arrivals = TR_NEW_ARRAY(&engine->step, const edge *, stages);
  for (uint32_t i = 0; i < stages; i++) search.costs[i] = FAR;
  search.costs[view.lead->stage] = 0;
  for (uint32_t i = 0; i < stages; i++) add_edges_of(&search, i);
  add_powers(&search);
  find_ways(&search);
  return search;
}

static treaty_way_step show_edge(search *search, const edge *edge) {
  const treaty_program *program = search->engine->program;
  const tr_lead *lead = search->view.lead;
  bool here = edge->from == lead->stage;
  treaty_way_step step = {.from = program->stages[edge->from].name,
                          .to = program->stages[edge->to].name,
                          .by = edge->by,
                          .missing = edge->missing};
  if (edge->power) {
    step.outlook = tr_show_power(search->engine, search->view, edge->power);
    if (!here) step.outlook.time_ms = TREATY_NEVER;
    return step;
  }
  step.outlook = tr_show_clause(search->engine, search->view, search->agreement, edge->clause);
  if (!here) step.outlook.time_ms = TREATY_NEVER; /* its time begins when the lead is there */
  if (here && lead->offer && lead->offer->clause == edge->clause) {
    step.outlook.condition = (treaty_condition){.truth = TREATY_TRUE};
    step.outlook.time_ms = TREATY_NEVER; /* of the next step of its deadline */
  }
  if (edge->behind) {
    step.behind = edge->behind->text;
    step.behind_file = edge->behind->file;
    step.behind_line = edge->behind->line;
  }
  return step;
}

/* From the stage back to the lead; with room for the agreement's step before them. */
static treaty_way_step *show_way(search *search, uint32_t stage, size_t *count) {
  size_t length = 0;
  for (uint32_t at = stage; at != search->view.lead->stage; at = search->arrivals[at]->from)
    length++;
  treaty_way_step *steps = TR_NEW_ARRAY(&search->engine->step, treaty_way_step, length + 1);
  *count = length;
  for (uint32_t at = stage; length > 0; at = search->arrivals[at]->from)
    steps[length--] = show_edge(search, search->arrivals[at]);
  return steps;
}

static const treaty_way_step *way_under(treaty_engine *engine, tr_view view, uint32_t stage,
                                        size_t *count) {
  search search = search_from(engine, view, &engine->program->agreements[view.lead->agreement]);
  if (search.costs[stage] == FAR) return NULL;
  return show_way(&search, stage, count) + 1;
}

static size_t missing_to_apply(const treaty_outlook *outlook) {
  return treaty_condition_missing(&outlook->condition, NULL) + (outlook->awaits != NULL);
}

/* Of the agreements that may come to govern the lead, the one under which least is missing. */
static const treaty_way_step *way_into(treaty_engine *engine, tr_view view, uint32_t stage,
                                       size_t *count) {
  const treaty_program *program = engine->program;
  treaty_way_step *best = NULL;
  size_t best_cost = FAR;
  for (uint32_t i = 0; i < program->agreement_count; i++) {
    treaty_outlook outlook = tr_show_agreement(engine, view, &program->agreements[i]);
    search search = search_from(engine, view, &program->agreements[i]);
    size_t missing = missing_to_apply(&outlook);
    if (!tr_may_govern(engine, i) || search.costs[stage] == FAR) continue;
    size_t cost = search.costs[stage] + missing * (TR_STAGES_MAX + 1);
    if (cost >= best_cost) continue;
    best_cost = cost;
    best = show_way(&search, stage, count);
    best[0] = (treaty_way_step){.outlook = outlook, .missing = missing};
  }
  if (best) (*count)++;
  return best;
}

static uint32_t find_stage(const treaty_program *program, const char *name) {
  uint32_t stage = 0;
  while (stage < program->stage_count && strcmp(program->stages[stage].name, name) != 0) stage++;
  return stage;
}

const treaty_way_step *treaty_engine_way(treaty_engine *engine, const treaty_lead *shown,
                                         const char *stage_name, size_t *count) {
  const tr_account *account;
  const tr_lead *lead = tr_lead_shown(engine, shown, &account);
  uint32_t stage = find_stage(engine->program, stage_name);
  *count = 0;
  if (!lead || lead->closed || stage == engine->program->stage_count || stage == lead->stage)
    return NULL;
  LOOK(engine, NULL)
  tr_view view = {.account = account, .lead = lead};
  size_t found = 0;
  const treaty_way_step *way = lead->agreement == TR_NONE ? way_into(engine, view, stage, &found)
                                                          : way_under(engine, view, stage, &found);
  engine->memory.on_failure = NULL;
  *count = found;
  return way;
}

const char *treaty_program_stage(const treaty_program *program, size_t index) {
  return index < program->stage_count ? program->stages[index].name : NULL;
}
