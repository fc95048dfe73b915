/* pass.c - `P may pass a lead`: somebody passes it on to another of the same party.
 *
 *     lead.passed {to, reason} by its actor --> a power of the actor's party?
 *                                                 yes: treaty.lead.passed, and another has it
 *                                                 no:  treaty.power.refused
 *
 * Whoever gets it is named, so neither turns nor caps are asked; what ran from the assignment
 * before is over, and begins anew for who has it now. */
#include "engine/people.h"
#include "engine/power.h"

/* The payload fields of the event, in their order. */
enum { TO, REASON };

static uint32_t actor(const treaty_engine *engine) {
  return engine->event->actor.bytes ? tr_people_find(engine, engine->event->actor) : TR_NONE;
}

uint32_t tr_pass_party(treaty_engine *engine) {
  uint32_t who = actor(engine);
  return who == TR_NONE || engine->reps[who].left ? TR_NONE : tr_people_party(engine, who);
}

static bool fits(const tr_asked *asked, const tr_power_def *power) {
  (void)asked;
  return power->kind == POWER_PASS;
}

static void refuse_pass(const tr_asked *asked) {
  const char *party = asked->context->engine->program->parties[asked->party];
  const char *what = TR_ASKED_PRINT(asked, "no clause of \"%s\" lets %s pass a lead on",
                                    asked->agreement->name, party);
  const char *would = TR_ASKED_PRINT(asked, "%s may pass a lead", party);
  const tr_power_def *nearest = tr_power_of_any(asked, POWER_PASS);
  tr_power_refuse(asked, "no_power", tr_power_with_nearest(asked, what, nearest, would), NULL);
}

/* Whether the lead cannot be passed on to that one, which is said. */
static bool cannot_have(const tr_asked *asked, uint32_t rep, const tr_power_def *power) {
  const treaty_engine *engine = asked->context->engine;
  uint32_t owner = engine->program->stages[asked->lead->stage].owner;
  const char *const *parties = engine->program->parties;
  const char *word = NULL, *what = NULL;
  if (owner != asked->party) {
    word = "not_its_lead";
    what = TR_ASKED_PRINT(asked, "the lead belongs to %s", parties[owner]);
  } else if (rep == TR_NONE) {
    word = "unknown_person";
    what = "it names nobody of the people to pass it on to";
  } else if (tr_people_party(engine, rep) != owner) {
    word = "other_party";
    what = TR_ASKED_PRINT(asked, "%s is of %s, and the lead belongs to %s", asked->to,
                          parties[tr_people_party(engine, rep)], parties[owner]);
  } else if (!tr_people_are_there(engine, rep)) {
    word = "not_there";
    what = TR_ASKED_PRINT(asked, "%s is not there now", asked->to);
  } else if (rep == asked->lead->rep) {
    word = "has_it_already";
    what = TR_ASKED_PRINT(asked, "%s has the lead already", asked->to);
  }
  if (word) tr_power_refuse(asked, word, what, power);
  return word != NULL;
}

static void pass(const tr_asked *asked, const tr_allowed *allowed, uint32_t to) {
  tr_step_context *context = asked->context;
  const treaty_engine *engine = context->engine;
  treaty_decision *decision =
      tr_decide(context, TREATY_LEAD_PASSED, asked->lead, &allowed->power->act);
  decision->from = tr_people_id(engine, asked->lead->rep).bytes;
  decision->to = tr_people_id(engine, to).bytes;
  decision->party = engine->program->parties[asked->party];
  decision->name = tr_people_id(engine, actor(engine)).bytes;
  decision->reason = asked->reason;
  tr_decide_because(decision, allowed->trace);
  tr_people_pass(context, asked->lead, to, &allowed->power->act);
}

void tr_pass_ask(tr_asked *asked) {
  treaty_engine *engine = asked->context->engine;
  const treaty_value *to = &engine->event->values[TO];
  asked->to = tr_power_said(engine, TO);
  asked->reason = tr_power_said(engine, REASON);
  uint32_t rep = asked->to ? tr_people_find(engine, to->text) : TR_NONE;
  tr_allowed allowed;
  if (!tr_power_allows(asked, fits, &allowed))
    refuse_pass(asked);
  else if (allowed.power && !tr_power_lacks_reason(asked, NULL, allowed.power) &&
           !cannot_have(asked, rep, allowed.power))
    pass(asked, &allowed, rep);
}
