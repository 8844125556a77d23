namespace Streams.Events.Decoding;

/// <summary>Which part of a record a field stands in.</summary>
internal enum TokenPart : byte
{
    /// <summary>What the kernel wrote.</summary>
    Kernel,

    /// <summary>Inside <c>msg='…'</c>: what a program sent.</summary>
    Program,

    /// <summary>What the logging daemon added (<c>log_format = ENRICHED</c>).</summary>
    Enriched,
}

/// <summary>A field of a record: where its key and its value stand.</summary>
internal struct Token
{
    public int KeyStart;
    public int Start;
    public int Length;
    public ushort KeyLength;
    public ushort Key;
    public PieceForm Form;
    public TokenPart Part;

    /// <summary>Whether it is of a record whose fields do not go among the event's own (PATH, SOCKADDR, EXECVE).</summary>
    public bool IsApart;
}
