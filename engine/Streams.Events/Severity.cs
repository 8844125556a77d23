namespace Streams.Events;

/// <summary>How bad it is when a query is right.</summary>
public enum Severity : byte
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Look when there is time.</summary>
    Low,

    /// <summary>Look today.</summary>
    Medium,

    /// <summary>Look now.</summary>
    High,

    /// <summary>Wake somebody.</summary>
    Critical,
}
