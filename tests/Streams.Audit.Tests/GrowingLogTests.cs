using Microsoft.Extensions.Logging.Abstractions;

namespace Streams.Audit.Tests;

public sealed class GrowingLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("streams-log-");

    private string Log => Path.Combine(_folder.FullName, "audit.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(6, 0)]
    [InlineData(4, 1)]
    public void A_truncation_loses_what_had_not_been_read(int read, int losses)
    {
        File.WriteAllText(Log, "one\ntwo\n");
        using var log = new GrowingLog(Log, fromStart: true, () => { }, NullLogger.Instance);
        byte[] buffer = new byte[read];
        Assert.Equal(read, log.Read(buffer));
        if (losses == 0) Assert.Equal(2, log.Read(buffer));
        File.WriteAllText(Log, "3\n");
        while (buffer[0] != '3') Assert.NotEqual(0, log.Read(buffer));
        Assert.Equal((1, losses), (log.Truncations, log.Losses));
    }
}
