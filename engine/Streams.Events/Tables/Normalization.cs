using System.Collections.Immutable;
using System.Text;

namespace Streams.Events.Tables;

/// <summary>
/// What an event means: one rule of <c>normalizations.table</c>. Applied in the order of the properties below, it gives the
/// summary (actor, action, object, how) and the ECS fields of an Auditbeat document.
/// </summary>
/// <remarks>
/// "The first field that is there" means: the first of the listed fields that the event's data has (the fields of the first
/// record or of SYSCALL, those of the other records merged in where absent), else the event's user ids (auid, uid, gid,
/// euid …, under their field names). If none is there, the part keeps what it had.
/// </remarks>
public sealed class Normalization
{
    /// <summary>
    /// What was done (<c>event.action</c>, <c>auditd.summary</c>), such as <c>logged-in</c>; empty for the rule of all system
    /// calls that no other rule names.
    /// </summary>
    public string Action { get; init; } = "";

    /// <summary>
    /// What the object is (<c>auditd.summary.object.type</c>); empty for none. <c>file</c> and <c>filesystem</c> take path,
    /// inode, device, mode and owner from a PATH record, see <see cref="PathIndex"/>, and the type then is the kind of that
    /// file (<see cref="FileModes.Kind"/>). <c>socket</c> takes the socket's address, else its path, as primary object and its
    /// port as secondary object.
    /// </summary>
    public string ObjectKind { get; init; } = "";

    /// <summary>
    /// For <c>file</c> and <c>filesystem</c>: which PATH record, counted from 0 in the order in which they come, is the object;
    /// 0 if there are not so many. From there on, the first whose nametype is neither PARENT nor UNKNOWN is taken; if there is
    /// none, the one at the index.
    /// </summary>
    public int PathIndex { get; init; }

    /// <summary>
    /// Fields that the event's data must all have for this rule to apply; matters only where a record type has several rules
    /// (AVC: SELinux has seresult, AppArmor has apparmor).
    /// </summary>
    public ImmutableArray<FieldName> HasFields { get; init; } = [];

    /// <summary>The first field that is there becomes the primary actor, which without this is auid.</summary>
    public ImmutableArray<FieldName> SubjectPrimary { get; init; } = [];

    /// <summary>The first field that is there becomes the secondary actor, which without this is uid.</summary>
    public ImmutableArray<FieldName> SubjectSecondary { get; init; } = [];

    /// <summary>The first field that is there becomes the primary object, over what <see cref="ObjectKind"/> gave.</summary>
    public ImmutableArray<FieldName> ObjectPrimary { get; init; } = [];

    /// <summary>The first field that is there becomes the secondary object, over what <see cref="ObjectKind"/> gave.</summary>
    public ImmutableArray<FieldName> ObjectSecondary { get; init; } = [];

    /// <summary>
    /// The first field that is there says how it was done. Without it, that is exe, else comm; and comm if exe begins with
    /// /usr/bin/python, /usr/bin/sh, /usr/bin/bash or /usr/bin/perl, for then comm is the script.
    /// </summary>
    public ImmutableArray<FieldName> How { get; init; } = [];

    /// <summary>
    /// If the event has no source address yet: the first of these fields that the data has (user ids do not count) becomes the
    /// source's address, the direction becomes ingress, and Auditbeat takes the field out of the data.
    /// </summary>
    public ImmutableArray<FieldName> SourceIp { get; init; } = [];

    /// <summary><c>event.kind</c>: <c>alert</c> for anomalies; empty means <c>event</c>.</summary>
    public string EcsKind { get; init; } = "";

    /// <summary>
    /// <c>event.category</c>. If the event has a system call but its rule is that of another record type (a LOGIN or AVC with
    /// its SYSCALL), the categories and types of the call's rule come after these, repeated ones too.
    /// </summary>
    public ImmutableArray<string> EcsCategories { get; init; } = [];

    /// <summary><c>event.type</c>; see <see cref="EcsCategories"/>.</summary>
    public ImmutableArray<string> EcsTypes { get; init; } = [];

    /// <summary>
    /// The ECS entities (user, user.effective, group …) that are set, in this order, after all of the above. A value that is
    /// empty, <c>unset</c>, <c>4294967295</c> or <c>-1</c> gives the id <c>unset</c>; one of digits is an id, any other a name.
    /// </summary>
    public ImmutableArray<EcsMapping> EcsMappings { get; init; } = [];
}

/// <summary>Sets an ECS entity from a part of the event.</summary>
/// <param name="Source">The part.</param>
/// <param name="Field">
/// The field, for <see cref="EcsSource.Data"/> and <see cref="EcsSource.UserId"/>; else <see cref="FieldName.None"/>.
/// </param>
/// <param name="Target">The entity.</param>
public sealed record EcsMapping(EcsSource Source, FieldName Field, EcsTarget Target);

/// <summary>What an ECS entity is set from.</summary>
public enum EcsSource
{
    /// <summary>The primary actor of the summary.</summary>
    SubjectPrimary,

    /// <summary>The secondary actor of the summary.</summary>
    SubjectSecondary,

    /// <summary>The primary object of the summary.</summary>
    ObjectPrimary,

    /// <summary>The secondary object of the summary.</summary>
    ObjectSecondary,

    /// <summary>A field of the event's data.</summary>
    Data,

    /// <summary>A user or group id of the event (uid, euid …).</summary>
    UserId,
}

/// <summary>An ECS entity.</summary>
public enum EcsTarget
{
    /// <summary><c>user</c></summary>
    User,

    /// <summary><c>user.effective</c></summary>
    UserEffective,

    /// <summary><c>user.target</c></summary>
    UserTarget,

    /// <summary><c>user.changes</c></summary>
    UserChanges,

    /// <summary><c>group</c></summary>
    Group,
}

/// <summary>The name of a field, as text and as the bytes that stand in a record.</summary>
/// <param name="text">The name.</param>
public sealed class FieldName(string text) : IEquatable<FieldName>
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);

    /// <summary>No field: the empty name.</summary>
    public static FieldName None { get; } = new("");

    /// <summary>The name as text.</summary>
    public string Text { get; } = text;

    /// <summary>The name as UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <inheritdoc/>
    public bool Equals(FieldName? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FieldName);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
