namespace Streams.Audit;

/// <summary>What is to be read as a log is a FIFO, a folder, a socket or a device.</summary>
internal sealed class NotRegularException : IOException
{
    /// <summary>Makes one.</summary>
    public NotRegularException(FollowFault fault)
        : base(fault.What) => Fault = fault;

    /// <summary>What is there, and what to do.</summary>
    public FollowFault Fault { get; }
}
