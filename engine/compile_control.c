/* compile_control.c - the events of std/events that do something by themselves. The engine reads
 * their fields by their places; a sealed treaty brings standard rules of its own, which may be
 * others. */
#include <string.h>

#include "engine/compile.h"

enum { FIELDS_MAX = 3 };

typedef struct shape {
  const char *event;
  struct {
    const char *name;
    tr_type_kind kind;
  } fields[FIELDS_MAX];
} shape;

static const shape shapes[] = {
    [CONTROL_MERGED] = {"identity.merged", {{"kept", TYPE_TEXT}, {"gone", TYPE_TEXT}}},
    [CONTROL_JOINED] = {"leads.joined", {{"kept", TYPE_TEXT}, {"gone", TYPE_TEXT}}},
    [CONTROL_VOIDED] = {"event.voided", {{"source", TYPE_TEXT}, {"id", TYPE_TEXT}}},
    [CONTROL_MOVED] = {"lead.moved",
                       {{"party", TYPE_TEXT}, {"to", TYPE_TEXT}, {"reason", TYPE_TEXT}}},
    [CONTROL_HELD] = {"lead.held",
                      {{"party", TYPE_TEXT}, {"until", TYPE_TIME}, {"reason", TYPE_TEXT}}},
    [CONTROL_RELEASED] = {"lead.released", {{"party", TYPE_TEXT}, {"reason", TYPE_TEXT}}},
    [CONTROL_OFFERED] = {"lead.offered",
                         {{"party", TYPE_TEXT}, {"to", TYPE_TEXT}, {"reason", TYPE_TEXT}}},
    [CONTROL_PASSED] = {"lead.passed", {{"to", TYPE_TEXT}, {"reason", TYPE_TEXT}}},
    [CONTROL_TAKEN] = {"lead.taken", {{0}}},
    [CONTROL_REP_JOINED] = {"rep.joined", {{"rep", TYPE_TEXT}, {"team", TYPE_TEXT}}},
    [CONTROL_REP_ABSENT] = {"rep.absent",
                            {{"rep", TYPE_TEXT}, {"since", TYPE_TIME}, {"until", TYPE_TIME}}},
    [CONTROL_REP_LEFT] = {"rep.left", {{"rep", TYPE_TEXT}}},
};

static bool has_shape(const tr_event_decl *event, const shape *shape) {
  for (uint32_t i = 0; i < FIELDS_MAX && shape->fields[i].name; i++) {
    if (i >= event->fields.count) return false;
    const tr_field *field = &event->fields.items[i];
    if (strcmp(field->name.text, shape->fields[i].name) != 0 ||
        field->type->kind != shape->fields[i].kind)
      return false;
  }
  return true;
}

tr_control tr_compile_control(const tr_compile *c, const tr_event_decl *event) {
  if (!tr_check_is_std(c->check, event->name.span)) return CONTROL_NONE;
  for (int control = CONTROL_MERGED; control <= CONTROL_REP_LEFT; control++) {
    if (strcmp(event->name.text, shapes[control].event) != 0) continue;
    if (has_shape(event, &shapes[control])) return (tr_control)control;
    tr_diag *diag = tr_report(c->check->diags, DIAG_WRONG_TYPE, event->name.span,
                              "event '%s' of the standard rules has other fields than this Treaty "
                              "reads",
                              event->name.text);
    tr_diag_help(diag, "Seal the treaty with this version of Treaty.");
  }
  return CONTROL_NONE;
}
