using System.Text;
using System.Text.Json.Nodes;

namespace Streams.Testing;

internal static class Json
{
    public static byte[] Bytes(JsonObject document) => Encoding.UTF8.GetBytes(document.ToJsonString());
}
