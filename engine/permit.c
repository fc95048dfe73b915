/* permit.c - whom a party may contact, and when, in the words of the treaty; what is allowed
 * contact.c tells. */
#include <string.h>

#include "engine/explain.h"
#include "engine/step.h"

typedef TR_LIST(treaty_permit) permits;

static void show_clause(const tr_permit *found, treaty_permit *shown) {
  if (!found->clause) return;
  shown->clause = found->clause->text;
  shown->file = found->clause->file;
  shown->line = found->clause->line;
  shown->count = found->count;
  shown->most = found->clause->limit->most;
  shown->span_ms = found->clause->limit->span_ms;
}

static void add(treaty_engine *engine, permits *all, tr_view view, uint32_t party,
                treaty_text person) {
  tr_permit found = tr_contact_permit(engine, view, party, engine->clock_ms);
  treaty_permit shown = {.party = engine->program->parties[party],
                         .person = person,
                         .allowed = found.allowed,
                         .from_ms = found.from_ms};
  show_clause(&found, &shown);
  TR_PUSH(&engine->step, all, shown);
}

/* Of somebody of whom nothing is known, too. */
static void add_named(treaty_engine *engine, permits *all, tr_view view, uint32_t party,
                      treaty_text person) {
  view.person = tr_person_find(engine, view.account, person.bytes, person.length);
  if (view.person) view.member = tr_member_find(view.lead, view.person);
  add(engine, all, view, party, person);
}

static void add_everyone(treaty_engine *engine, permits *all, tr_view view, uint32_t party) {
  add(engine, all, view, party, (treaty_text){0});
  for (uint32_t i = 0; i < view.lead->member_count; i++) {
    const tr_member *member = &view.lead->members[i];
    if (!member->is_there) continue;
    view.member = member;
    view.person = member->person;
    add(engine, all, view, party, tr_id_text(member->person->id));
  }
}

static bool has_contacts(const treaty_program *program, uint32_t party) {
  for (uint32_t i = 0; i < program->event_count; i++) {
    if (program->events[i].contact && program->events[i].party == party) return true;
  }
  return false;
}

const treaty_permit *treaty_engine_permits(treaty_engine *engine, const treaty_lead *shown,
                                           const char *party, treaty_text person, size_t *count) {
  const treaty_program *program = engine->program;
  tr_view view = {0};
  permits all = {0};
  view.lead = tr_lead_shown(engine, shown, &view.account);
  *count = 0;
  if (!view.lead || view.lead->closed) return NULL;
  LOOK(engine, NULL)
  for (uint32_t i = 0; i < program->party_count; i++) {
    if (!has_contacts(program, i) || (party && strcmp(program->parties[i], party) != 0)) continue;
    if (person.bytes)
      add_named(engine, &all, view, i, person);
    else
      add_everyone(engine, &all, view, i);
  }
  engine->memory.on_failure = NULL;
  *count = all.count;
  return all.items;
}
