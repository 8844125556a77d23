using Streams.Events;
using Streams.Events.Tables;

namespace Streams.Engine;

/// <summary>Events that a query reads: of one kind, and of audit's perhaps only some.</summary>
/// <param name="Kind">The kind; null for all of them.</param>
/// <param name="Syscalls">Of audit events those of these system calls; empty for all.</param>
/// <param name="Records">Of audit events those with a record of these types; empty for all.</param>
/// <param name="Actions">Of documents those with these actions; empty for all.</param>
public sealed record QuerySource(
    EventKind? Kind, IReadOnlyList<string> Syscalls, IReadOnlyList<RecordType> Records, IReadOnlyList<string> Actions);
