/* sent.c - see sent.h. */
#include "sent.h"

#include <stdio.h>
#include <string.h>

const char *const sent_accounts[2] = {"a0", "a1"};

static treaty_text text_of(const char *text) {
  return (treaty_text){.bytes = text, .length = strlen(text)};
}

static void set_text(sent *sent, int field, const char *text) {
  sent->values[field] = (treaty_value){.present = true, .text = text_of(text)};
}

static void set_instant(sent *sent, int field, int64_t instant_ms) {
  sent->values[field] = (treaty_value){.present = instant_ms != 0, .integer = instant_ms};
}

/* In the order of the event's fields. */
static void say_decided(sent *sent, const op *op) {
  int field = 0;
  for (int i = 0; i < SAYS; i++) {
    if (i == SAYS_TO && op->type == HELD) {
      set_instant(sent, field++, op->until_ms);
    } else if (i != SAYS_TO || op->type != RELEASED) {
      if (op->says[i]) set_text(sent, field, op->says[i]);
      field++;
    }
  }
}

static void say_staffed(sent *sent, const op *op) {
  const char *rep = op->says[SAYS_REP];
  if (op->type >= TAKEN) {
    if (rep) sent->event.actor = text_of(rep);
    if (op->type == PASSED && op->says[SAYS_NEXT]) set_text(sent, 0, op->says[SAYS_NEXT]);
    if (op->type == PASSED && op->says[SAYS_REASON]) set_text(sent, 1, op->says[SAYS_REASON]);
    return;
  }
  if (rep) set_text(sent, 0, rep);
  if (op->type == REP_JOINED && op->says[SAYS_TEAM]) set_text(sent, 1, op->says[SAYS_TEAM]);
  if (op->type != REP_ABSENT) return;
  set_instant(sent, 1, op->since_ms);
  set_instant(sent, 2, op->until_ms);
}

void sent_fill(sent *sent, const treaty_program *program, const op *op, int number) {
  const char *type = history_event_type(op);
  memset(sent, 0, sizeof *sent);
  sent->number = -1;
  snprintf(sent->id, sizeof sent->id, "e%d", number);
  snprintf(sent->person, sizeof sent->person, "p%d", op->person);
  snprintf(sent->lead, sizeof sent->lead, "L%d", op->lead);
  snprintf(sent->about, sizeof sent->about, "e%d", op->other);
  sent->event = (treaty_event){
      .type = treaty_program_event_type(program, type, strlen(type)),
      .source = text_of("/s"),
      .id = text_of(sent->id),
      .account = text_of(sent_accounts[op->account]),
      .time_ms = op->time_ms,
      .place = (uint64_t)number,
      .content_hash = (uint64_t)number + 1,
      .values = sent->values,
  };
  if (op->kind == SEND && op->person >= 0) sent->event.person = text_of(sent->person);
  bool of_people = op->kind == STAFF && op->type < TAKEN;
  bool of_lead = op->kind == SEND || op->kind == DECIDE || (op->kind == STAFF && !of_people);
  if (of_lead && op->lead >= 0) sent->event.lead = text_of(sent->lead);
  if (of_people) sent->event.account = (treaty_text){0};
  if (op->kind == STAFF) say_staffed(sent, op);
  if (op->kind == VOID) {
    set_text(sent, 0, "/s");
    set_text(sent, 1, sent->about);
  } else if (op->kind == MERGE) {
    set_text(sent, 0, sent_accounts[op->account]);
    set_text(sent, 1, sent_accounts[!op->account]);
  } else if (op->kind == JOIN) {
    set_text(sent, 0, "L0");
    set_text(sent, 1, "L1");
  }
  if (op->kind == DECIDE) say_decided(sent, op);
  for (int i = 0; op->kind == SEND && i < RULES_FIELDS; i++) {
    if (op->present[i]) sent->values[i] = rules_value(i, op->values[i]);
  }
}
