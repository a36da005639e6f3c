"""Which texts and Chinese words the tokenizer is built from."""

from __future__ import annotations

import random

from engine.teaching.curriculum import lesson
from engine.teaching.tasks.cities import CITIES
from engine.teaching.tasks.words import (
    ANIMALS,
    COLOURS,
    DAYS,
    FOODS,
    JOBS,
    NAMES,
    OBJECTS,
    PLACES,
    SITES,
    THINGS,
)

LESSONS = 20_000

_COMMON = """
答案 解决 这个 问题 回答 算出 现在 多少 又买了 又找到 给了 丢了 卖了 然后 数量 翻倍 变成 三倍
送出 一半 面积 平方公里 人口 是否 肯定的 否定的 公斤 比较 事实 写出 所需 密码 文档 文本 阅读
找出 文中 规则 作答 应用 按 总结 这段 文字 一个 简短的 天气 很好 那里 很多人 这是 美好的 一天
早上 看见了 画了 喂了 一只 那只 提取 姓名 年龄 地点 职业 日期 今年 我们 遇见了 从 起 住在 当
谁有 什么 颜色 评论 正面 负面 分类 还是 精彩 很棒 可爱 出色 美好 迷人 无聊 糟糕 可怕 很差 乏味
烦人 电影 歌曲 饭菜 酒店 游戏 节目 旅行 故事 结尾 开头 服务 价格 声音 员工 很高兴 认识你 我叫
我喜欢 我也喜欢 我住在 我是 我养了 你叫 你喜欢 你住在 你是 你养了 很辛苦 好朋友 最喜欢的 最喜欢
你好 谢谢 不客气 早上好 表达式 用 较大的 较小的 大于 小于 偶数 绝对值 平方 长度 列表 最大的
最小的 第一个 最后一个 排好序的 余数 除以 乘以 平均值 超过 谁最高 谁最年长 谁最快 谁最强壮 年长
强壮 所有的 都住在 得出 结论 请求 改写成 提示词 结构化 能不能 麻烦你 我想让你 你可以 缩短一下
看看 他们 喜不喜欢 告诉我 数字 名字 一句话 指令 输入 输出 哪一步 错了 错误 第 步 让我们
一步一步 思考 来 确保 得到 正确的 步骤 想一想 相关 知道的 有用的 助手 草是 绿色的 天是 蓝色的
太阳 温暖 河流 很长 鸟儿 歌唱 走到 山上 今天的风 很轻 出发了 去了 又回来 道路 安静 喜欢 可以
没有 因为 所以 如果 但是 他们 自己 时间 城市 国家 世界 中国 学习 工作 语言 模型 例子 正确 计算
文章 信息 天空 小时 分钟 结果 方法 非常 请 吗
"""


def chinese_words() -> list[str]:
    """The Chinese words that are one token each."""
    lists = (COLOURS, OBJECTS, ANIMALS, JOBS, SITES, DAYS, FOODS, PLACES)
    found = {word for pairs in lists for _, word in pairs}
    found |= {thing for _, thing, _ in THINGS} | set(NAMES["zh"])
    found |= {city.zh for city in CITIES} | set(_COMMON.split())
    return sorted(found)


def sample_texts(seed: int = 0, count: int = LESSONS) -> list[str]:
    """Training texts whose pieces become the vocabulary."""
    rng = random.Random(f"vocabulary|{seed}")
    return [lesson(rng).text for _ in range(count)]
