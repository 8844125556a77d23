namespace Streams.Engine.Shards;

/// <summary>When a timer is due, and which of equal ones comes first: the one created first.</summary>
internal readonly record struct Deadline(long Due, long Number) : IComparable<Deadline>
{
    public const long Never = long.MaxValue;

    public int CompareTo(Deadline other) => Due != other.Due ? Due.CompareTo(other.Due) : Number.CompareTo(other.Number);
}

/// <summary>What can be called when a time has come.</summary>
internal interface IDueTarget
{
    /// <summary>The query it belongs to, which bears the fault when it throws.</summary>
    QueryRun? Run { get; }

    /// <summary>The time has come.</summary>
    void Fire(long due);
}

/// <summary>A notion of time that deadlines can be put on: the shard clock, or a watermark.</summary>
internal interface IDeadlines
{
    void Arm(long due, IDueTarget target);
}
