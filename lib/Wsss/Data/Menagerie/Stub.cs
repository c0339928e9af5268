#pragma warning disable
namespace Wsss.Data;
public enum MenagerieScale { Smoke, Quick, Full }
public static class Menagerie { public static DataSplits Splits(MenagerieScale s, int seed) => throw new Exception(); public static int SizeOf(MenagerieScale s) => 96; }
