import { migrateUuid, uuidOf, type Id, type IdKind, type Read } from '../ssot/id-manager';
import { systemRandom } from '../ssot/kernel';
import { properUuid } from './naming-reference';

/** Old names becoming new ones, as a pure computation. */
export class Converting {
  converted: { uuid: string; name: Id }[] = [];
  answer: Read<Id> | null = null;

  convertRandom(count: number): void {
    const bytes = systemRandom.bytes(16 * count);
    for (let i = 0; i < count; i++) {
      const uuid = properUuid(bytes.subarray(16 * i, 16 * i + 16), 4);
      this.converted.push({ uuid, name: this.#convert('thread', uuid) });
    }
  }

  convert(kind: IdKind, legacy: unknown): void {
    this.answer = migrateUuid(kind, legacy as string);
  }

  /** Names that do not lead back to the UUID they came from. */
  get lost(): number {
    return this.converted.filter(({ uuid, name }) => uuidOf(name) !== uuid).length;
  }

  get repeats(): number {
    return this.converted.length - new Set(this.converted.map(({ name }) => name)).size;
  }

  #convert(kind: IdKind, uuid: string): Id {
    const read = migrateUuid(kind, uuid);
    if (!read.ok) throw read.error;
    return read.value;
  }
}
