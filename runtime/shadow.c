/* shadow.c - see shadow.h. */
#include "runtime/shadow.h"

#include <stdlib.h>
#include <string.h>

/* An agreement that decides here, and for how long. */
typedef struct shown {
  const char *name;
  uint32_t version;
  int64_t until_ms;
} shown;

struct shadow {
  treaty_file file; /* its program; the parts are another's */
  feeder *feeder;
  shown *agreements;
  size_t count;
  store_position stored;
  store_batch *batch; /* that gets the rows */
};

static bool is_any_in_shadow(const treaty_program *program) {
  for (size_t i = 0; i < treaty_program_agreement_count(program); i++) {
    treaty_agreement agreement;
    treaty_program_agreement_at(program, i, &agreement);
    if (agreement.shadow_until_ms != INT64_MIN) return true;
  }
  return false;
}

static void note_agreements(shadow *shadow) {
  const treaty_program *program = shadow->file.program;
  size_t count = treaty_program_agreement_count(program);
  shadow->agreements = room_grow(NULL, count + 1, sizeof *shadow->agreements);
  for (size_t i = 0; i < count; i++) {
    treaty_agreement agreement;
    treaty_program_agreement_at(program, i, &agreement);
    if (agreement.shadow_until_ms == INT64_MIN) continue;
    shadow->agreements[shadow->count++] =
        (shown){agreement.name, agreement.version, agreement.shadow_until_ms};
  }
}

static bool begin(shadow *shadow, const treaty_file *file, const char *folder, buffer *why) {
  shadow->file.shadow_counts = true;
  if (!treaty_file_compile_again(&shadow->file, file, why)) return false;
  note_agreements(shadow);
  shadow->feeder = feeder_new(shadow->file.program, folder);
  if (!shadow->feeder) buffer_print(why, "there is not enough memory to begin");
  return shadow->feeder != NULL;
}

bool shadow_new(const treaty_file *file, const char *folder, store_position stored, shadow **made,
                buffer *why) {
  *made = NULL;
  if (!is_any_in_shadow(file->program)) return true;
  shadow *shadow = room_grow(NULL, 1, sizeof *shadow);
  *shadow = (struct shadow){.stored = stored};
  if (begin(shadow, file, folder, why)) {
    *made = shadow;
    return true;
  }
  shadow_free(shadow);
  return false;
}

void shadow_free(shadow *shadow) {
  if (!shadow) return;
  feeder_free(shadow->feeder);
  treaty_file_close(&shadow->file);
  free(shadow->agreements);
  free(shadow);
}

static bool is_shown(const shadow *shadow, const treaty_decision *decision) {
  for (size_t i = 0; decision->agreement && i < shadow->count; i++) {
    const shown *one = &shadow->agreements[i];
    if (one->version == decision->version && strcmp(one->name, decision->agreement) == 0)
      return decision->time_ms < one->until_ms;
  }
  return false;
}

static void take_decision(void *context, const treaty_decision *decision, treaty_text json) {
  shadow *shadow = context;
  store_position place = {decision->seq, decision->n};
  if (store_position_compare(place, shadow->stored) > 0 && is_shown(shadow, decision))
    store_batch_shadow(shadow->batch, decision, json);
}

treaty_status shadow_record(shadow *shadow, uint64_t number, const record *record,
                            store_batch *batch) {
  if (!shadow) return TREATY_OK;
  feeder_answer answer = feeder_record(shadow->feeder, number, record);
  shadow->batch = batch;
  feeder_decisions(shadow->feeder, take_decision, shadow);
  return answer.status;
}

const char *shadow_error(shadow *shadow, treaty_status status) {
  return feeder_error(shadow->feeder, status);
}

int64_t shadow_next_ms(const shadow *shadow) {
  return shadow ? treaty_engine_next_ms(feeder_engine(shadow->feeder)) : TREATY_NEVER;
}
